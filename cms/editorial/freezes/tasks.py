"""Cancels all schedules in the scope of a freeze, in small transactions."""

from __future__ import annotations

from cms.core.permissions import Actor
from cms.editorial.freezes.queries import MOST_LISTED, ScheduledItem, ScheduledItems
from cms.editorial.freezes.services import cancel_schedules_step


def cancel_schedules(actor: Actor, scope: str) -> ScheduledItems:
    """Cancel all schedules in the scope of this freeze, and return them.

    In steps of `BATCH` items. No one can schedule there meanwhile, so the same call finishes an interrupted one.
    Raises `NotFound` when there is no such freeze, `Forbidden`.
    """
    taken: list[ScheduledItem] = []
    while step := cancel_schedules_step(actor, scope):
        taken += step
    return ScheduledItems(len(taken), taken[:MOST_LISTED])
