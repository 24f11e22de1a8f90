"""Whether the clock can be trusted, compared with the newest moment that this installation knows.

`change_head.seen_at` is the newest known moment: the time of the newest line, or a later one noted by the worker (`note_moment`).
A clock that is four weeks away from it is not trusted. With such a clock every schedule could be due at once, or a post dated years
off; so nothing is written until the clock is right or an operator has accepted it. Readers get the content of the newest known
moment.

Four weeks: longer than any holiday for which a city switches its server off, and shorter than a month, so that a clock whose
month or year is wrong is noticed. A server that runs is never locked out, however quiet it is: its worker notes the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from cms.core import clock
from cms.core.database_clock import agree_on_time
from cms.core.db import UnitOfWork
from cms.core.errors import Unavailable
from cms.core.reading import Reader

FAR = timedelta(days=28) // timedelta(microseconds=1)
NOTED_EVERY = timedelta(hours=1) // timedelta(microseconds=1)
_SEEN = "SELECT seen_at FROM change_head WHERE id = 1"
_NOTE = text("UPDATE change_head SET seen_at = :now WHERE id = 1 AND seen_at < :now - :every")
_is_accepted: ContextVar[bool] = ContextVar("clock_is_accepted", default=False)


def is_far(now: int, seen: int) -> bool:
    """True when the clock cannot be right (microseconds since 1970). False for a new installation, which knows no moment yet."""
    return seen != 0 and abs(now - seen) > FAR


def believed(now: int, seen: int) -> int:
    """The moment by which readers are served (microseconds since 1970).

    A clock that is up to a minute behind the newest known moment is another node's, or was set back: that moment counts instead.
    It also counts instead of a clock that cannot be right.
    """
    if 0 <= now - seen <= FAR:
        # Nearly always, and before every answer.
        return now
    return seen if is_far(now, seen) or 0 < seen - now <= clock.BRIDGED else now


@dataclass(slots=True)
class ClockCheck:
    """Refuses to begin a write while the clock cannot be right; one for each application.

    It reads the database at the first write, and when the clock is far from the moment that this process knows.
    """

    reader: Reader
    seen: int = 0

    def before_write(self, session: Session) -> None:
        """Raises `Unavailable("clock_wrong")`."""
        if not clock.has_agreed():
            # A command has no task for this, unlike a web server or worker.
            agree_on_time(self.reader)
        now = clock.now_micros()
        if _is_accepted.get() or (self.seen and not is_far(now, self.seen)):
            return
        # A new installation knows no moment but this one.
        self.seen = session.execute(text(_SEEN)).scalar_one() or now
        if is_far(now, self.seen):
            raise clock_wrong(now, self.seen)

    def forget(self) -> None:
        """Forget the known moment: the database may be another one."""
        self.seen = 0


def clock_wrong(now: int, seen: int) -> Unavailable:
    """The error that a writer gets."""
    shown, known = (clock.rfc3339(clock.from_micros(moment).replace(microsecond=0)) for moment in (now, seen))
    return Unavailable("clock_wrong", now=shown, seen=known, headers={"Retry-After": "60"})


def is_accepted() -> bool:
    """True inside `accepting_clock()`."""
    return _is_accepted.get()


@contextmanager
def accepting_clock() -> Iterator[None]:
    """Write with the clock as it is: an operator has said that it is right. The first line makes it known."""
    token = _is_accepted.set(True)
    try:
        yield
    finally:
        _is_accepted.reset(token)


def keep_moment(unit: UnitOfWork) -> None:
    """Note this moment as the newest known one, at most once an hour. A clock that was set back changes nothing."""
    unit.session.execute(_NOTE, {"now": clock.now_micros(), "every": NOTED_EVERY})
