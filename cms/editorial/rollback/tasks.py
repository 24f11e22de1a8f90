"""Carries out a rollback order, one thing per transaction.

Give an interrupted order again to continue it: things that are undone already count as unchanged.
"""

from __future__ import annotations

from typing import Final

from cms.core.db import rolled_back
from cms.core.permissions import Actor
from cms.editorial.rollback.models import Rollback
from cms.editorial.rollback.orders import Order
from cms.editorial.rollback.queries import find_touched, get_rollback
from cms.editorial.rollback.services import finish_rollback, start_rollback, undo_item
from cms.editorial.schedules.tasks import carry_out_and_follow

MOST_ITEMS: Final = 5_000
"""The most items of one call; the answer says when there are more, and the same call continues."""


def roll_back(actor: Actor, order: Order) -> Rollback:
    """Carry out an order, or continue an interrupted one. Returns it with its outcomes.

    A far-reaching order (`needs_second_person`) does nothing until a second person gives the same order or confirms it.
    Raises `Forbidden`. Things that cannot be undone are listed in `failed`; the rest goes on.
    """
    rollback_id = start_rollback(actor, order)
    with rolled_back():
        known = get_rollback(rollback_id)
        if known.is_waiting:
            return known
    while carry_out_and_follow():
        # Schedules that have taken effect must be in the log, to be found and undone like any publication.
        pass
    with rolled_back():
        waiting = find_touched(order)
    for item_type, item_id in waiting[:MOST_ITEMS]:
        undo_item(actor, rollback_id, item_type, item_id)
    if len(waiting) <= MOST_ITEMS:
        finish_rollback(actor, rollback_id)
    with rolled_back():
        return get_rollback(rollback_id)
