"""The order in which the threads of a process write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from cms.core.bulkhead import Kind, own_bulkhead, refusal
from cms.core.engines import SQLITE_BUSY_MILLISECONDS

_sqlite_writer = threading.Lock()


@contextmanager
def in_turn(current: Session) -> Iterator[None]:
    """Let the threads of this process write to SQLite one after the other, in the order they came.

    SQLite has one writer at a time. It makes the others sleep and retry, up to 100 ms apart and in no order: with eight clients
    most of the time was spent asleep. Writers of other processes still meet in `BEGIN IMMEDIATE`. On both databases a writer that
    would wait in vain is refused at once (`Bulkhead`).
    """
    bulkhead = own_bulkhead()
    bulkhead.check(Kind.WRITE)
    if current.get_bind().dialect.name != "sqlite":
        yield
        return
    # The writing thread may wait for the disk, which cannot be broken off, so one place is left for it.
    if not bulkhead.acquire(_sqlite_writer, SQLITE_BUSY_MILLISECONDS / 1000, Kind.WRITE, spare=1):
        raise refusal(Kind.WRITE)
    try:
        yield
    finally:
        _sqlite_writer.release()
