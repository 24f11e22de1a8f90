"""Taking back all plans where publishing is frozen, in small transactions."""

from __future__ import annotations

from cms.core.permissions import Actor
from cms.editorial.freezes.queries import MOST_LISTED, Plan, Plans
from cms.editorial.freezes.services import take_back_step


def take_back_plans(actor: Actor, scope: str) -> Plans:
    """Take back all that is planned where this freeze holds; returns what that was.

    In steps of `BATCH` items; as nobody can plan there, the same call finishes what an interrupted one has left.
    Raises `NotFound` when nothing is frozen there, `Forbidden`.
    """
    taken: list[Plan] = []
    while step := take_back_step(actor, scope):
        taken += step
    return Plans(len(taken), taken[:MOST_LISTED])
