"""Reads of entries that are put aside, and the filter that skips them while they rest."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.dead_letters.models import DeadLetter


def not_resting(queue: str, key: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition that skips entries put aside whose next try has not come."""
    rests = exists().where(DeadLetter.queue == queue, DeadLetter.key == key, DeadLetter.retry_at > clock.now())
    return ~rests


def due_again(queue: str) -> Sequence[str]:
    """The keys of entries put aside whose next try is due."""
    with rolled_back():
        due = select(DeadLetter.key).where(DeadLetter.queue == queue, DeadLetter.retry_at <= clock.now())
        return session.scalars(due.order_by(DeadLetter.retry_at, DeadLetter.key).limit(100)).all()


def has_put_aside(queue: str) -> bool:
    """True when this queue has put anything aside."""
    return session.scalar(select(DeadLetter.key).where(DeadLetter.queue == queue).limit(1)) is not None


def waiting() -> Sequence[DeadLetter]:
    """Everything that is put aside, the oldest first."""
    with rolled_back():
        return session.scalars(select(DeadLetter).order_by(DeadLetter.since, DeadLetter.key)).all()
