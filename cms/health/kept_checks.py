"""The checks behind `/readyz`: run by a thread of their own, so that their waits do not block requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from cms.core import clock
from cms.core.bulkhead import PATIENCE_SECONDS, Bulkhead, Kind, Wait
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.health.checks import Check

log = get_logger(__name__)

KEPT_SECONDS = 5.0
LONGEST_SECONDS = 2.0
Run = Callable[[], list[Check]]


class KeptChecks:
    """Runs the checks at most once in KEPT_SECONDS, so that requests cannot load the database.

    While they run, all callers but the one that began get the last result. A check that takes longer than LONGEST_SECONDS has
    failed, and no second run begins beside it.
    """

    def __init__(self, bulkhead: Bulkhead, names: Sequence[str]) -> None:
        self._bulkhead = bulkhead
        self._late = [Check(name, False, f"No answer within {LONGEST_SECONDS:.0f} seconds.") for name in names]
        self._lock = threading.Lock()
        self._last: list[Check] = []
        self._until = 0.0
        self._running: _Running | None = None

    def results(self, run: Run) -> list[Check]:
        """The results, at most KEPT_SECONDS old. Raises `Unavailable` when there are none yet and no place to wait for them."""
        with self._lock:
            if clock.monotonic() < self._until or (self._running is not None and self._last):
                return self._last
            running = self._running or self._started(run)
        return self._awaited(running)

    def begin(self, run: Run) -> None:
        """Run the checks without waiting for them, unless they run already."""
        with self._lock:
            if self._running is None:
                self._started(run)

    def _started(self, run: Run) -> _Running:
        running = self._running = _Running()
        threading.Thread(target=self._carry_out, args=(running, run), name="readiness", daemon=True).start()
        return running

    def forget(self) -> None:
        """Run the checks again at the next call."""
        with self._lock:
            self._last, self._until, self._running = [], 0.0, None

    def _awaited(self, running: _Running) -> list[Check]:
        waiting = Wait(self._bulkhead, Kind.READ)
        try:
            while not running.ended.wait(PATIENCE_SECONDS):
                if running.seconds >= LONGEST_SECONDS:
                    self._keep(running, self._late)
                    return self._late
                waiting.go_on()
        except Unavailable:
            if self._last:
                return self._last
            raise
        finally:
            waiting.end()
        return running.checks or self._late

    def _carry_out(self, running: _Running, run: Run) -> None:
        with self._bulkhead.outside():
            try:
                running.checks = run()
            except Exception:
                # Reported like every other failed check.
                log.exception("readiness_check_failed")
        self._keep(running, running.checks or self._late)
        with self._lock:
            if self._running is running:
                self._running = None
        running.ended.set()

    def _keep(self, running: _Running, checks: list[Check]) -> None:
        with self._lock:
            if self._running is running:
                self._last, self._until = checks, clock.monotonic() + KEPT_SECONDS


class _Running:
    """One run of the checks."""

    def __init__(self) -> None:
        self._began_at = clock.monotonic()
        self.ended = threading.Event()
        self.checks: list[Check] = []

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        return clock.monotonic() - self._began_at
