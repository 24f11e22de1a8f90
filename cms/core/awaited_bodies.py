"""Which request bodies a web process is waiting for: `cms.cli.slow_senders` ends senders that have stopped."""

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
        """Wrap one read; yields the moment when it began."""
        own = threading.get_ident()
        self._began_at[own] = began_at = clock.monotonic()
        try:
            yield began_at
        finally:
            del self._began_at[own]

    def longest(self) -> float:
        """How many seconds the longest current read has lasted; 0 when there is none."""
        began_at = [*self._began_at.values()]
        return clock.monotonic() - min(began_at) if began_at else 0.0

    def note_end(self) -> None:
        """A sender is about to be ended for being slow."""
        self._ended_at = clock.monotonic()

    def has_ended_since(self, moment: float) -> bool:
        """True when a sender was ended for being slow after `moment`: a body that was cut short since then may not be its sender's
        fault.
        """
        return self._ended_at >= moment
