"""Lets the editors' item follow when its plan was carried out for readers.

A follower of the log. The next operation on the item may have been faster: then there is nothing left to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from cms.changes.facts import CauseKind
from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.editorial.items.models import Item
from cms.editorial.schedules.due import carry_out_due

NAME: Final = "schedule"
LINES: Final = 50
"""How many lines are read in one transaction: few, so that it never keeps editors waiting."""


def follow_plans(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Bring the items of these lines to where readers have them, if a plan made the line."""
    ids = {change.resource_id for change in changes if _is_by_plan(change)}
    if not ids:
        return
    locked = select(Item).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(of=Item)
    for item in unit.session.scalars(locked.execution_options(populate_existing=True)).all():
        if carry_out_due(unit, item):
            item.touch()


def _is_by_plan(change: Change) -> bool:
    cause = change.facts.get("cause")
    return cause is not None and cause["kind"] == CauseKind.SCHEDULE
