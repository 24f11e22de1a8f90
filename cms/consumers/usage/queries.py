"""What consumers have asked for, how far their copies are, and which of them have been silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, func, or_, select

from cms.changes.models import Change, Installation
from cms.consumers.models import Consumer, DeliveryKey
from cms.consumers.usage.models import ConsumerCopy, ConsumerUsage
from cms.core.db import session

MOST_LINES: Final = 1_000
"""Lines that are counted for one copy; beyond it is far behind."""


@dataclass(frozen=True, slots=True)
class CopyState:
    """A copy and what it lacks: lines that came since (at most MOST_LINES) and when the first of them did, None for nothing. One of
    another epoch has to begin anew.
    """

    copy: ConsumerCopy
    lines: int
    since: datetime | None
    is_of_this_epoch: bool


@dataclass(frozen=True, slots=True)
class SilentConsumer:
    """A consumer that has not asked lately, or a copy of which is behind: when one of its keys was last used, None for never."""

    consumer: Consumer
    last_asked_at: datetime | None
    copies: Sequence[CopyState]


def list_usage(consumer_id: str, first: datetime, last: datetime) -> Sequence[ConsumerUsage]:
    """The hours of a consumer that begin at `first` or later, before `last`, in their order."""
    hours = (ConsumerUsage.hour >= first, ConsumerUsage.hour < last)
    return session.scalars(
        select(ConsumerUsage).where(ConsumerUsage.consumer_id == consumer_id, *hours).order_by(ConsumerUsage.hour)
    ).all()


def list_copies(consumer_id: str) -> list[CopyState]:
    """The copies of a consumer, those that asked last first."""
    rows = session.scalars(
        select(ConsumerCopy)
        .where(ConsumerCopy.consumer_id == consumer_id)
        .order_by(ConsumerCopy.asked_at.desc(), ConsumerCopy.name)
    ).all()
    epoch = session.scalar(select(Installation.epoch))
    return [_state(row, epoch) for row in rows]


def list_silent(since: datetime, *, after: str | None, limit: int) -> list[SilentConsumer]:
    """Active consumers with a key that have not asked since this moment, or a copy of which has not while there was something for it to learn;
    in the order in which they were registered. `after` is an id.
    """
    last_asked_at = _last_asked_at()
    statement = (
        select(Consumer, last_asked_at)
        .where(
            Consumer.is_active,
            Consumer.created_at <= since,
            or_(last_asked_at.is_(None), last_asked_at < since, _has_old_copy(since)),
        )
        .order_by(Consumer.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Consumer.id > after)
    found = session.execute(statement).all()
    return [SilentConsumer(consumer, asked_at, list_copies(consumer.id)) for consumer, asked_at in found]


def silent_figures(since: datetime) -> Sequence[Label[Any]]:
    """How many copies of active consumers have not asked since this moment, for `/metrics`, as a column of a statement."""
    number = (
        select(func.count())
        .select_from(ConsumerCopy)
        .join(Consumer, Consumer.id == ConsumerCopy.consumer_id)
        .where(Consumer.is_active, ConsumerCopy.asked_at < since)
    )
    return [number.scalar_subquery().label("silent_copies")]


def _last_asked_at() -> Any:
    """When a key of the consumer was last used."""
    return select(func.max(DeliveryKey.last_used_at)).where(DeliveryKey.consumer_id == Consumer.id).scalar_subquery()


def _has_old_copy(since: datetime) -> ColumnElement[bool]:
    """The condition that a copy of the consumer lacks a line that readers could learn of before this moment."""
    missed = (Change.is_public, Change.sequence > ConsumerCopy.reached, Change.recorded_at < since)
    lacks = select(Change.sequence).where(*missed).exists()
    return select(ConsumerCopy.name).where(ConsumerCopy.consumer_id == Consumer.id, lacks).exists()


def _state(copy: ConsumerCopy, epoch: str | None) -> CopyState:
    if copy.epoch != epoch:
        return CopyState(copy, MOST_LINES, copy.asked_at, is_of_this_epoch=False)
    missed = (Change.is_public, Change.sequence > copy.reached, Change.resource_type.in_(copy.types))
    lines = select(Change.recorded_at).where(*missed).order_by(Change.sequence).limit(MOST_LINES).subquery()
    number, since = session.execute(select(func.count(), func.min(lines.c.recorded_at))).one()
    return CopyState(copy, number, since, is_of_this_epoch=True)
