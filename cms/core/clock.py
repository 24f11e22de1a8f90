"""The only clock. Times are aware UTC datetimes with microseconds.

It never goes back by itself: a step back of up to a minute is bridged, by running at half speed until the machine has caught
up. On PostgreSQL it is the database's clock, which every process reads again and again (`agree`). In between it adds the time that the
machine's monotonic clock measures, so neither a wrong nor a stepping clock of one node changes what readers get.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Later than anything that is scheduled."""
BRIDGED = 60_000_000
"""Steps back up to this (microseconds) are hidden; a clock that is set back farther was set back on purpose."""
# The monotonic clock that goes on while the machine sleeps (Linux); elsewhere the plain one.
_SPANS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class ProcessClock:
    """The time of this process. Everything is in microseconds; safe to share between threads."""

    def __init__(self) -> None:
        self.machine: Callable[[], int] = lambda: time.time_ns() // 1_000
        """The machine's own clock. Tests of wrong clocks replace it."""
        self.agreed: tuple[int, int] | None = None
        self._given = (0, 0)
        self.renew_lock()

    def renew_lock(self) -> None:
        """A new process may have been forked while a thread of the old one held it."""
        self.lock = threading.Lock()

    def agree(self, moment: int, at: int) -> None:
        """Follow another clock from now on: it showed `moment` when `span` was `at`."""
        self.agreed = (moment, at)

    def read(self) -> int:
        """The present moment."""
        with self.lock:
            span, agreed, (last, at) = spent(), self.agreed, self._given
            moment = self.machine() if agreed is None else agreed[0] + span - agreed[1]
            if 0 < last - moment <= BRIDGED:
                moment = last + (span - at) // 2
            self._given = (moment, span)
        return moment


def spent() -> int:
    """Microseconds on the monotonic clock."""
    return time.clock_gettime_ns(_SPANS) // 1_000


process_clock = ProcessClock()
os.register_at_fork(after_in_child=process_clock.renew_lock)


def _process_time() -> datetime:
    return EPOCH + timedelta(microseconds=process_clock.read())


_source: Callable[[], datetime] = _process_time


def now() -> datetime:
    """The present moment in UTC."""
    return _source()


def now_micros() -> int:
    """As `now()`, in microseconds since 1970: for the hot path of delivery requests."""
    return process_clock.read() if _source is _process_time else micros(_source())


def machine_now() -> datetime:
    """What this machine's own clock shows: only to compare with times from the same clock, such as those of files."""
    return now() if _source is not _process_time else from_micros(process_clock.machine())


def agree(moment: int, at: int) -> None:
    """Follow another clock from now on: it showed `moment` when `spent()` was `at` (both in microseconds)."""
    process_clock.agree(moment, at)


def has_agreed() -> bool:
    """True once this process follows another clock."""
    return process_clock.agreed is not None


def ahead_of_machine() -> float:
    """How many seconds the time is ahead of this machine's clock; negative when it is behind."""
    return (micros(now()) - micros(machine_now())) / 1_000_000


def monotonic() -> float:
    """Seconds on a clock that never goes back, for measuring spans."""
    return time.monotonic()


def micros(moment: datetime) -> int:
    """Microseconds since 1970 (UTC): how times are stored where they are a sort key."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """The moment `value` microseconds after 1970 (UTC)."""
    return EPOCH + timedelta(microseconds=value)


def rfc3339(moment: datetime) -> str:
    """The moment as the API writes it: `2026-11-24T03:00:00Z`, with a fraction only when it has one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rfc3339_exact(moment: datetime) -> str:
    """The same with six digits of a fraction always: such texts sort as their moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@contextmanager
def frozen(at: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock at `at` (tests); the yielded function moves it forward, or back."""
    global _source
    previous, moment = _source, at

    def advance(span: timedelta) -> None:
        nonlocal moment
        moment += span

    _source = lambda: moment  # noqa: E731 - a named function would shadow the meaning
    try:
        yield advance
    finally:
        _source = previous
