"""Lets the editors' item follow when its schedule was carried out for readers.

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
from cms.editorial.schedules.catching_up import catch_up

NAME: Final = "schedule"
LINES: Final = 50
"""How many lines are read in one transaction: few, so that it never keeps editors waiting."""


def follow_schedules(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Bring the items of these lines to where readers have them, if a schedule made the line."""
    ids = {change.resource_id for change in changes if _is_by_schedule(change)}
    if not ids:
        return
    locked = select(Item).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(of=Item)
    for item in unit.session.scalars(locked.execution_options(populate_existing=True)).all():
        if catch_up(unit, item):
            item.touch()


def _is_by_schedule(change: Change) -> bool:
    cause = change.facts.get("cause")
    return cause is not None and cause["kind"] == CauseKind.SCHEDULE
