"""The threads of one lane, and the messages that were taken for them and not begun."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from cms.core import clock
from cms.webhooks.jobs import QUICK, QUICK_SECONDS, TAKEN, THREADS, Job, Lane


class LaneThreads:
    """Sends messages, so many at a time as the lane may. A thread that has ended a try goes on with the next message at once: it does not
    wait until results are written. Safe to share between threads.
    """

    def __init__(self, lane: Lane, send: Callable[[Job], None]) -> None:
        self._most, self._send = THREADS[lane], send
        self._pool = ThreadPoolExecutor(self._most, f"webhooks-{lane}")
        self._lock = threading.Lock()
        self._ready = deque[Job]()
        # When each try under way began (monotonic seconds), by the id of its message.
        self._begun: dict[str, float] = {}

    def free(self) -> int:
        """How many more messages may be taken: none that no thread is left for."""
        with self._lock:
            ready = len(self._ready)
            return min(self._most - len(self._begun), TAKEN - self._young()) - ready

    def begin(self, jobs: Iterable[Job] = ()) -> None:
        """Begin what lies ready, the oldest first, so much as may be begun; `jobs` are put behind it."""
        with self._lock:
            self._ready.extend(jobs)
            begun = list(iter(self._next, None))
        for job in begun:
            self._pool.submit(self._go_on, job)

    def end(self) -> None:
        """Begin nothing more, and wait for nothing."""
        with self._lock:
            self._ready.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _go_on(self, job: Job | None) -> None:
        """Send this message, and then others as long as there are any."""
        while job is not None:
            self._send(job)
            with self._lock:
                del self._begun[job.delivery_id]
                job = self._next()

    def _next(self) -> Job | None:
        """The next message, which counts as begun; None when there is none, or when it may not begin yet."""
        if not self._ready or len(self._begun) >= self._most or self._young() >= QUICK:
            return None
        job = self._ready.popleft()
        self._begun[job.delivery_id] = clock.monotonic()
        return job

    def _young(self) -> int:
        since = clock.monotonic() - QUICK_SECONDS
        return sum(began > since for began in self._begun.values())
