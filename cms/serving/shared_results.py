"""Results that take long and are the same for many readers: kept while nothing has changed, computed one at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from cachetools import LRUCache

from cms.core.bulkhead import Bulkhead, Kind, refusal

MOST_RESULTS = 500
WAIT_SECONDS = 10.0
"""How long a reader waits for the computation of another one."""


@dataclass(slots=True)
class SharedResults:
    """Small results by what they depend on. Safe to share between threads."""

    bulkhead: Bulkhead
    _found: LRUCache[Hashable, Any] = field(default_factory=lambda: LRUCache(MOST_RESULTS))
    _guard: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """The result under this key. Raises `Unavailable` when others are computed for too long."""
        with self._guard:
            if key in self._found:
                return self._found[key]
        if not self.bulkhead.acquire(self._turn, WAIT_SECONDS, Kind.READ):
            raise refusal(Kind.READ)
        try:
            with self._guard:
                if key in self._found:
                    return self._found[key]
            result = compute()
            with self._guard:
                self._found[key] = result
            return result
        finally:
            self._turn.release()

    def forget(self) -> None:
        """Drop everything."""
        with self._guard:
            self._found.clear()
