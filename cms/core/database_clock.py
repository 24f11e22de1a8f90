"""This process follows the database's clock, so two nodes whose own clocks differ answer alike."""

from __future__ import annotations

from cms.core import clock
from cms.core.metrics import CLOCK_AHEAD
from cms.core.reading import Reader

LOOKS = 3
_THEIR_TIME = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def database_moment(reader: Reader) -> tuple[int, int]:
    """What PostgreSQL's clock showed, and when that was on `clock.spent()` (microseconds); the quickest of a few reads counts. Raises
    `Unavailable`.
    """
    looks = []
    for _ in range(LOOKS):
        before = clock.spent()
        theirs = int(reader.rows(_THEIR_TIME, {})[0][0])
        looks.append((clock.spent() - before, theirs, before))
    span, theirs, before = min(looks)
    return theirs, before + span // 2


def agree_on_time(reader: Reader) -> bool:
    """Take over PostgreSQL's clock; SQLite shares this machine's. A task that never has more to do. Raises `Unavailable` when the
    database does not answer: the process then keeps following the clock that it read last.
    """
    if not reader.is_sqlite:
        clock.agree(*database_moment(reader))
        CLOCK_AHEAD.set(clock.ahead_of_machine())
    return False
