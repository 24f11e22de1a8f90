"""How much processor time something takes, measured so that a busy machine changes little: of this thread alone, the median of several."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import suppress

from marshmallow import ValidationError

from cms.core.errors import DomainError
from cms.core.sanitize import UnsafeLink

TRIES = 3
ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """The median of three; what is refused takes time too."""
    return statistics.median(_once(work) for _ in range(ROUNDS))


def is_within(bound: Callable[[], bool]) -> bool:
    """True when a measurement keeps its bound at least once in three tries."""
    return any(bound() for _ in range(TRIES))


def was_refused(work: Callable[[], object]) -> bool:
    """True when the work ends in an error of the input."""
    try:
        work()
    except (DomainError, ValidationError, UnsafeLink):
        return True
    return False


def _once(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    with suppress(DomainError, ValidationError, UnsafeLink):
        work()
    return time.thread_time() - begin
