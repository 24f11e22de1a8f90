"""Carrying out an order to undo: one thing per transaction.

An order that was interrupted goes on when it is given again: what is undone already is found unchanged.
"""

from __future__ import annotations

from typing import Final

from cms.core.db import rolled_back
from cms.core.permissions import Actor
from cms.editorial.rollback.models import Rollback
from cms.editorial.rollback.orders import Order
from cms.editorial.rollback.queries import find_touched, get_rollback
from cms.editorial.rollback.services import finish_rollback, start_rollback, undo_item
from cms.editorial.schedules.tasks import carry_out_schedules
from cms.moderation.alarms import tell

MOST_ITEMS: Final = 5_000
"""Items of one call; the answer says when there are more, and the same call goes on."""


def roll_back(actor: Actor, order: Order) -> Rollback:
    """Carry out an order, or go on with the same one that was interrupted. Returns it with what was done.

    One that reaches far (`needs_second_person`) does nothing until somebody else has given the same order, or confirmed it.
    Raises `Forbidden`. What cannot be undone is listed in `failed` and stops nothing.
    """
    rollback_id = start_rollback(actor, order)
    with rolled_back():
        known = get_rollback(rollback_id)
        if known.is_waiting:
            return known
    while carry_out_schedules():
        # What plans have published by now must stand in the log, to be found and undone like any publication.
        pass
    with rolled_back():
        waiting = find_touched(order)
    for item_type, item_id in waiting[:MOST_ITEMS]:
        undo_item(actor, rollback_id, item_type, item_id)
    if len(waiting) <= MOST_ITEMS:
        finish_rollback(actor, rollback_id)
    with rolled_back():
        done = get_rollback(rollback_id)
        tell("rolled_back", rollback_id=rollback_id, target_id=order.target_id, done=done.done)
    return done
