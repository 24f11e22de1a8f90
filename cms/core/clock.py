"""The only clock. Times are aware UTC datetimes with microseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Later than anything that is planned."""


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present moment in UTC."""
    return _source()


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


@contextmanager
def frozen(at: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock at `at` (tests); the yielded function moves it forward."""
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
