"""The worker's task for plans: carrying out the due ones."""

from __future__ import annotations

from sqlalchemy import select

from cms.core.db import rolled_back, session
from cms.core.dead_letters.tasks import all_or_each
from cms.editorial.items.models import Item
from cms.editorial.schedules.queries import QUEUE, is_due
from cms.editorial.schedules.services import carry_out_plans

BATCH = 50
"""Items that the worker carries out in one transaction: few, so that it never keeps editors waiting."""


def carry_out_schedules() -> bool:
    """Carry out due plans, for the worker; True when more may wait. Several workers may run it: each takes other items."""
    with rolled_back():
        ids = session.scalars(select(Item.id).where(*is_due()).order_by(Item.id).limit(BATCH)).all()
    if ids:
        all_or_each(QUEUE, ids, carry_out_plans)
    return len(ids) == BATCH
