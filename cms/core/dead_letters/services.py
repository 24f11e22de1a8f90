"""Puts an entry aside, and takes it back when it has succeeded; each in its own transaction."""

from __future__ import annotations

from sqlalchemy import select

from cms.core.db import rolled_back, session, unit_of_work
from cms.core.dead_letters.failures import put_aside, settle
from cms.core.dead_letters.models import DeadLetter


def set_aside(queue: str, key: str, error: Exception) -> None:
    """Note what failed, outside of any other unit of work."""
    with unit_of_work() as unit:
        put_aside(unit, queue, key, error)


def take_back(queue: str, key: str) -> None:
    """Put an entry back into the queue: it succeeded or no longer exists. Writes nothing when it was never put aside."""
    with rolled_back():
        known = session.scalar(select(DeadLetter.key).where(DeadLetter.queue == queue, DeadLetter.key == key))
    if known is not None:
        with unit_of_work() as unit:
            settle(unit, queue, key)
