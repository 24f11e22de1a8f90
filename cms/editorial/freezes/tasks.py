"""Takes back all plans in the scope of a freeze, in small transactions."""

from __future__ import annotations

from cms.core.permissions import Actor
from cms.editorial.freezes.queries import MOST_LISTED, Plan, Plans
from cms.editorial.freezes.services import take_back_step


def take_back_plans(actor: Actor, scope: str) -> Plans:
    """Take back all plans in the scope of this freeze, and return them.

    In steps of `BATCH` items. No one can plan there meanwhile, so the same call finishes an interrupted one.
    Raises `NotFound` when there is no such freeze, `Forbidden`.
    """
    taken: list[Plan] = []
    while step := take_back_step(actor, scope):
        taken += step
    return Plans(len(taken), taken[:MOST_LISTED])
