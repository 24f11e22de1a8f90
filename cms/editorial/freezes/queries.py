"""Reads freezes, and the schedules in their scope.

A freeze stops people, not schedules: reads compare schedules with the clock, and checking freezes on every read would slow all of
them. So the answer to a freeze lists the schedules, and one call cancels them (decision 23).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from cms.core import clock
from cms.core.db import session
from cms.core.errors import NotFound
from cms.editorial.items.models import Item
from cms.moderation.models import OF_PERSON, WHOLE_CITY, PublishingFreeze

MOST_LISTED: Final = 100
"""The most schedules that are listed; the total is always given."""


def list_freezes() -> Sequence[PublishingFreeze]:
    """All freezes, the city's among them."""
    return session.scalars(select(PublishingFreeze).order_by(PublishingFreeze.scope)).all()


def get_freeze(scope: str) -> PublishingFreeze:
    """The freeze of an agency or of the city. Raises `NotFound`."""
    freeze = session.get(PublishingFreeze, scope)
    if freeze is None:
        raise NotFound
    return freeze


@dataclass(frozen=True, slots=True)
class ScheduledItem:
    """An item with a schedule: when, and who scheduled it."""

    type: str
    item_id: str
    agency: str
    publish_at: datetime | None
    unpublish_at: datetime | None
    by_id: str | None
    by_label: str | None

    @classmethod
    def of(cls, item: Item) -> ScheduledItem:
        """The part of an item's schedule that has not taken effect yet."""
        moment = clock.now()
        begins, ends = (at if at is not None and at > moment else None for at in (item.publish_at, item.unpublish_at))
        return cls(item.type, item.id, item.agency, begins, ends, item.scheduled_by_id, item.scheduled_by_label)


@dataclass(frozen=True, slots=True)
class ScheduledItems:
    """How many items have a schedule, and the first `MOST_LISTED` of them."""

    total: int
    first: Sequence[ScheduledItem]


def scheduled_items_in(scope: str) -> ScheduledItems:
    """The schedules in an agency, in the whole city (`city`) or by a person (`person:<id>`), the earliest first."""
    waiting = waiting_schedules(scope)
    earliest = func.coalesce(Item.publish_at, Item.unpublish_at)
    items = session.scalars(select(Item).where(*waiting).order_by(earliest, Item.id).limit(MOST_LISTED)).all()
    total = session.scalar(select(func.count()).select_from(Item).where(*waiting)) or 0
    return ScheduledItems(total, [ScheduledItem.of(item) for item in items])


def scheduled_items_of_freeze(scope: str) -> ScheduledItems:
    """The schedules in the scope of this freeze. Raises `NotFound` when there is no such freeze."""
    get_freeze(scope)
    return scheduled_items_in(scope)


def waiting_schedules(scope: str) -> list[ColumnElement[bool]]:
    """The items with a schedule in this scope that has not taken effect, as SQL."""
    moment = clock.now()
    waits = or_(Item.publish_at > moment, Item.unpublish_at > moment)
    if scope.startswith(OF_PERSON):
        return [waits, Item.scheduled_by_id == scope.removeprefix(OF_PERSON)]
    return [waits] if scope == WHOLE_CITY else [waits, Item.agency == scope]
