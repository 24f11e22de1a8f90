"""What a failure means to a queue, and noting it inside a unit of work."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from cms.core import clock
from cms.core.database_errors import domain_error
from cms.core.db import UnitOfWork
from cms.core.dead_letters.models import DeadLetter
from cms.core.errors import Unavailable
from cms.core.logging import get_logger

log = get_logger(__name__)

FIRST_REST: Final = timedelta(minutes=1)
LONGEST_REST: Final = timedelta(days=1)
# The storage answers but lacks these bytes: that concerns one file.
OF_ONE_THING: Final = {"file_lost"}


def is_outage(error: Exception) -> bool:
    """True when the entry is not the cause: database or storage are down, busy or full."""
    if isinstance(error, DBAPIError):
        return isinstance(domain_error(error), Unavailable)
    return isinstance(error, Unavailable) and error.code not in OF_ONE_THING


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


def settle(unit: UnitOfWork, queue: str, key: str) -> None:
    """Remove an entry's row: it succeeded or no longer exists."""
    unit.session.execute(delete(DeadLetter).where(DeadLetter.queue == queue, DeadLetter.key == key))
