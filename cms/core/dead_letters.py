"""What a queue cannot deal with is put aside, so that it stops nothing behind it; it is tried again later, and told.

A queue is anything that takes one thing after the other: a follower of the log, images that wait, plans that are due, files to
sweep. One thing that always fails would be taken first for ever. Here it gets a row with its error, and is tried again after a
time that doubles. Whoever takes from a queue leaves out what rests (`not_resting`). The rows are writes without a line in the
log, like the positions of its followers; an outage of database or storage puts nothing aside, it concerns everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Index, String, Text, delete, exists, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from cms.core import clock
from cms.core.database_errors import domain_error
from cms.core.db import Model, UnitOfWork, rolled_back, session, unit_of_work
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.core.types import UTCDateTime

log = get_logger(__name__)

FIRST_REST: Final = timedelta(minutes=1)
LONGEST_REST: Final = timedelta(days=1)
# The storage answers and has not these bytes: that concerns one file.
OF_ONE_THING: Final = {"file_lost"}


class DeadLetter(Model):
    """Something that a queue has put aside: how often it failed, why the last time, and when it is tried again."""

    __tablename__ = "dead_letters"
    __table_args__ = (Index(None, "queue", "retry_at"),)

    queue: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    error: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    retry_at: Mapped[datetime] = mapped_column(UTCDateTime)


def is_outage(error: Exception) -> bool:
    """True when the fault is not the thing's: database or storage are away, busy or full."""
    if isinstance(error, DBAPIError):
        return isinstance(domain_error(error), Unavailable)
    return isinstance(error, Unavailable) and error.code not in OF_ONE_THING


def not_resting(queue: str, key: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Leaves out what was put aside and whose time has not come."""
    rests = exists().where(DeadLetter.queue == queue, DeadLetter.key == key, DeadLetter.retry_at > clock.now())
    return ~rests


def due_again(queue: str) -> Sequence[str]:
    """The keys of what was put aside and is to be tried again now."""
    with rolled_back():
        due = select(DeadLetter.key).where(DeadLetter.queue == queue, DeadLetter.retry_at <= clock.now())
        return session.scalars(due.order_by(DeadLetter.retry_at, DeadLetter.key).limit(100)).all()


def waiting() -> Sequence[DeadLetter]:
    """Everything that is put aside, the oldest first."""
    with rolled_back():
        return session.scalars(select(DeadLetter).order_by(DeadLetter.since, DeadLetter.key)).all()


@contextmanager
def putting_aside(queue: str, key: str) -> Iterator[None]:
    """Around the work on one thing: what it raises puts the thing aside; when it succeeds it is in the queue again.

    To be used outside of a unit of work. Raises what concerns more than this thing (`is_outage`).
    """
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise
        with unit_of_work() as unit:
            put_aside(unit, queue, key, error)
    else:
        _settle(queue, key)


def put_aside(unit: UnitOfWork, queue: str, key: str, error: Exception) -> None:
    """Note what failed, in the caller's unit of work."""
    present = clock.now()
    letter = unit.session.get(DeadLetter, (queue, key))
    if letter is None:
        letter = DeadLetter(queue=queue, key=key, failures=0, since=present)
        unit.add(letter)
    letter.failures += 1
    letter.error = f"{type(error).__name__}: {error}"[:500]
    letter.retry_at = present + min(FIRST_REST * 2 ** min(letter.failures - 1, 20), LONGEST_REST)
    log.error("put_aside", queue=queue, key=key, failures=letter.failures, exc_info=error)


def _settle(queue: str, key: str) -> None:
    with rolled_back():
        known = session.scalar(select(DeadLetter.key).where(DeadLetter.queue == queue, DeadLetter.key == key))
    if known is not None:
        with unit_of_work() as unit:
            settle(unit, queue, key)


def settle(unit: UnitOfWork, queue: str, key: str) -> None:
    """It succeeded, or is not there any more."""
    unit.session.execute(delete(DeadLetter).where(DeadLetter.queue == queue, DeadLetter.key == key))


def all_or_each(queue: str, keys: Sequence[str], work: Callable[[Iterable[str]], object]) -> None:
    """Do them together; when that fails each alone, so that only what fails alone is put aside. `work` opens its own unit."""
    tried_again = set(keys).intersection(due_again(queue))
    try:
        work(keys)
    except Exception as error:
        if is_outage(error):
            raise
        for key in keys:
            with putting_aside(queue, key):
                work([key])
    else:
        for key in tried_again:
            _settle(queue, key)
