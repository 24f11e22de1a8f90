"""Calls at a moment that usually does not come: one thread watches over all of them, where a timer would be a thread for each."""

from __future__ import annotations

import heapq
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from cms.core import clock


class Deadlines:
    """Runs a call when its deadline passes while its block is still running. Safe to share between threads."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """A forked process has none of the threads."""
        self._changed = threading.Condition()
        self._numbers = count()
        # The moment (monotonic seconds), a number that decides between equals, and the call.
        self._waiting: list[tuple[float, int, _Call]] = []
        self._has_thread = False

    @contextmanager
    def within(self, seconds: float, call: Callable[[], None]) -> Iterator[None]:
        """Run the block; `call` is run once, on another thread, when it takes longer than `seconds`. It must be quick and raise nothing.

        After the block `call` neither runs nor begins.
        """
        guarded = _Call(call)
        with self._changed:
            if not self._has_thread:
                threading.Thread(target=self._watch, name="deadlines", daemon=True).start()
                self._has_thread = True
            moment = clock.monotonic() + seconds
            heapq.heappush(self._waiting, (moment, next(self._numbers), guarded))
            if self._waiting[0][0] == moment:
                self._changed.notify()
        try:
            yield
        finally:
            guarded.forget()

    def _watch(self) -> None:
        while True:
            with self._changed:
                left = self._waiting[0][0] - clock.monotonic() if self._waiting else None
                if left is None or left > 0:
                    self._changed.wait(left)
                    continue
                _moment, _number, due = heapq.heappop(self._waiting)
            due.run()


class _Call:
    """A call that is run at most once, and not while or after it is forgotten."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call
        self._lock = threading.Lock()

    def run(self) -> None:
        with self._lock:
            if self._call is not None:
                self._call()
                self._call = None

    def forget(self) -> None:
        with self._lock:
            self._call = None


deadlines = Deadlines()
"""Those of this process."""
os.register_at_fork(after_in_child=deadlines.renew)
