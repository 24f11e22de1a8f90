"""Which bodies a web process waits for just now, for whoever ends senders that stop."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cms.core import clock


@dataclass(slots=True)
class AwaitedBodies:
    """Reads that are under way, by thread. Each step is one operation on a dict, which threads may share."""

    _began_at: dict[int, float] = field(default_factory=dict)
    _ended_at: float = -math.inf

    @contextmanager
    def awaiting(self) -> Iterator[float]:
        """Around one read; gives the moment of its begin."""
        own = threading.get_ident()
        self._began_at[own] = began_at = clock.monotonic()
        try:
            yield began_at
        finally:
            del self._began_at[own]

    def longest(self) -> float:
        """For how many seconds the longest of them has lasted; 0 when nothing is read."""
        began_at = [*self._began_at.values()]
        return clock.monotonic() - min(began_at) if began_at else 0.0

    def note_end(self) -> None:
        """A sender is about to be ended for being slow."""
        self._ended_at = clock.monotonic()

    def has_ended_since(self, moment: float) -> bool:
        """True when a sender was ended for being slow after `moment`: what came too short then was not cut off by its sender."""
        return self._ended_at >= moment
