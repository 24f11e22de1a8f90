"""Carrying out all schedules whose moment has come, for the worker and for readers that find one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from cms.changes.heads import log_head
from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.dead_letters.queries import not_resting
from cms.core.dead_letters.tasks import all_or_each
from cms.core.runtime import runtime
from cms.publishing.models import Publication
from cms.publishing.services import carry_out_schedules
from cms.publishing.visibility import is_due

QUEUE: Final = "schedule"
BATCH: Final = 50
"""Items in one transaction: few, so that it never keeps editors waiting."""


def has_due_schedules() -> bool:
    """One small read that checks whether there is anything to carry out, before anything is locked."""
    head = log_head()
    return head.next_due(head.read(runtime().reader)) <= clock.now_micros() and bool(_due_items(1))


def carry_out_due_schedules() -> bool:
    """Carry out the next due schedules; True when more may wait. Several processes may run it: each takes other items."""
    ids = _due_items(BATCH)
    if ids:
        all_or_each(QUEUE, ids, carry_out_schedules)
    return len(ids) == BATCH


def _due_items(most: int) -> Sequence[str]:
    with rolled_back():
        due = (
            select(Publication.item_id)
            .where(Publication.type.in_(log_head().topics), is_due(), not_resting(QUEUE, Publication.item_id))
            .distinct()
        )
        return session.scalars(due.order_by(Publication.item_id).limit(most)).all()
