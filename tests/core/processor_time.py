"""How much processor time something takes, of this thread alone, and whether that keeps a bound.

A machine that is busy or slows down makes times longer, never shorter. So a bound is kept once the least times keep it; what is
compared is measured in turn, so that a change of speed meets all of it. Only what really takes too long does so in every round.
Seconds are those of a machine at rest: where they do not suffice, a fixed piece of work tells how slow this one is at that moment.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from marshmallow import ValidationError

from cms.core.errors import DomainError
from cms.core.sanitize import UnsafeLinks

ROUNDS: Final = 15
"""So often something may take too long before it counts."""
LEAST_ROUNDS: Final = 2
"""So often what is compared is measured at least: one time that was too long by chance makes the other one look short."""

FIXED_WORK_SECONDS: Final = 0.004
"""What the fixed work takes on a slow machine at rest."""

Work = Callable[[], object]


def fixed_work() -> object:
    """Always the same: text is cut, put together, looked through and counted."""
    words = [f"kata{number:05}" for number in range(8_000)]
    return " ".join(sorted(words, key=lambda word: word[::-1])).upper().count("9")


def measured(work: Work) -> tuple[float, bool]:
    """The time of one call, and whether it ended in an error of the input: what is refused takes time too."""
    begin = time.thread_time()
    try:
        work()
    except (DomainError, ValidationError, UnsafeLinks):
        return time.thread_time() - begin, True
    return time.thread_time() - begin, False


def seconds(work: Work) -> float:
    """The time of one call."""
    return measured(work)[0]


def least(work: Work) -> float:
    """The shorter time of two calls: one alone may be too long by chance."""
    return min(seconds(work) for _ in range(LEAST_ROUNDS))


def takes_at_most(longest: float, work: Work) -> bool:
    """True as soon as one call takes no longer than so many seconds, or than they are worth on a machine that is slow just now."""
    return any(_is_kept(longest, work) for _ in range(ROUNDS))


def _is_kept(longest: float, work: Work) -> bool:
    before, cost = 0.0, seconds(work)
    if cost > longest:
        before, cost, after = seconds(fixed_work), seconds(work), seconds(fixed_work)
        longest *= max(1.0, min(before, after) / FIXED_WORK_SECONDS)
    return cost <= longest


def keep(bound: Callable[..., bool], *works: Work) -> bool:
    """True as soon as the least times of these works, as arguments in their order, keep the bound together."""
    least = [math.inf] * len(works)
    for number in range(1, ROUNDS + 1):
        least = [min(before, seconds(work)) for before, work in zip(least, works, strict=True)]
        if number >= LEAST_ROUNDS and bound(*least):
            return True
    return False


def was_refused(work: Work) -> bool:
    """True when the work ends in an error of the input."""
    return measured(work)[1]
