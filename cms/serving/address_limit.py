"""Requests without a key, counted by the address that they come from (R-A10).

In the memory of this process alone: readers write nothing, and a reader's request must not wait for another server. So a server
with four web processes allows up to four times as many.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

from cachetools import LRUCache

from cms.core.addresses import subscriber

MOST_ADDRESSES: Final = 20_000
"""Some 5 MB. Of more addresses in the same minute those that sent nothing for the longest time are forgotten, and start anew."""
MINUTE: Final = 60.0
ROUNDING: Final = 0.001
"""Seconds that sums of fractions may be too many."""


class AddressLimit:
    """Lets an address send `per_minute` requests at once, and then as many as come in evenly over each minute (GCRA)."""

    def __init__(self, per_minute: int) -> None:
        self._interval = MINUTE / per_minute if per_minute else 0.0
        # By address: when all that it sent would have come in, had it been sent evenly.
        self._due: LRUCache[str, float] = LRUCache(MOST_ADDRESSES)
        self._lock = Lock()

    def take(self, address: str | None, moment: float) -> float:
        """Count a request at this moment (monotonic seconds); returns 0, or the seconds to wait, and then it was not counted."""
        if not self._interval:
            return 0.0
        name = subscriber(address or "unknown")
        with self._lock:
            due = max(self._due.get(name, moment), moment)
            wait = due + self._interval - MINUTE - moment
            if wait > ROUNDING:
                return wait
            self._due[name] = due + self._interval
        return 0.0

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._due.clear()
