"""Sends bytes to receivers. A thread that sends waits as long as the receiver takes, so it needs a place of the bulkhead for a large
file. Content that fits into one block goes to the web server whole, which sends it without any thread of ours.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final, Self

from cms.core.bulkhead import PATIENCE_SECONDS, Bulkhead, Kind

LARGEST_BLOCK: Final = 256 * 1024


class PlacedStream:
    """Chunks sent while holding a place, which is taken when this is made and given back by `close`.

    Raises `Unavailable` when there is no place, and what `opened` raises.
    """

    _bulkhead: Bulkhead | None = None

    def __init__(self, bulkhead: Bulkhead, opened: Callable[[], Iterator[bytes]]) -> None:
        bulkhead.take(Kind.STREAM, patience=PATIENCE_SECONDS)
        self._bulkhead, self._holder = bulkhead, threading.get_ident()
        self._chunks: Iterator[bytes] = iter(())
        try:
            self._chunks = opened()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """End it; web servers do that also when the receiver has gone away."""
        bulkhead, self._bulkhead = self._bulkhead, None
        if bulkhead is not None:
            bulkhead.release(self._holder)
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()

    # An answer that is dropped unsent is not closed.
    __del__ = close
