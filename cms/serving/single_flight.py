"""One computation for each answer that has become stale, however many ask for it at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from cms.core.bulkhead import PATIENCE_SECONDS
from cms.serving.answer_cache import RequestKey


@dataclass(slots=True)
class SingleFlight:
    """Who computes which answer now. One per process; safe to share between threads."""

    _under_way: dict[RequestKey, Event] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    @contextmanager
    def turn(self, key: RequestKey) -> Iterator[bool]:
        """Wrap a computation. True for the one that computes; others wait for it, PATIENCE_SECONDS at most, and get False.

        Nobody waits twice: an answer that was not kept is then computed by all who waited.
        """
        own = Event()
        with self._guard:
            other = self._under_way.setdefault(key, own)
        if other is not own:
            other.wait(PATIENCE_SECONDS)
            yield False
            return
        try:
            yield True
        finally:
            with self._guard:
                del self._under_way[key]
            own.set()
