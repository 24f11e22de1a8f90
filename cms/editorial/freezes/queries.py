"""Reads freezes, and the plans in their scope.

A freeze stops people, not plans: reads compare plans with the clock, and checking freezes on every read would slow all of
them. So the answer to a freeze lists the plans, and one call takes them back (decision 23).
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
"""The most plans that are listed; the total is always given."""


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
class Plan:
    """The plan of an item, and who made it."""

    type: str
    item_id: str
    agency: str
    publish_at: datetime | None
    unpublish_at: datetime | None
    by_id: str | None
    by_label: str | None

    @classmethod
    def of(cls, item: Item) -> Plan:
        """The part of an item's plan that has not taken effect yet."""
        moment = clock.now()
        begins, ends = (
            planned if planned is not None and planned > moment else None
            for planned in (item.publish_at, item.unpublish_at)
        )
        return cls(item.type, item.id, item.agency, begins, ends, item.planned_by_id, item.planned_by_label)


@dataclass(frozen=True, slots=True)
class Plans:
    """How many plans there are, and the first `MOST_LISTED` of them."""

    total: int
    first: Sequence[Plan]


def plans_in(scope: str) -> Plans:
    """The plans in an agency, in the whole city (`city`) or by a person (`person:<id>`), the earliest first."""
    waiting = waiting_plans(scope)
    earliest = func.coalesce(Item.publish_at, Item.unpublish_at)
    items = session.scalars(select(Item).where(*waiting).order_by(earliest, Item.id).limit(MOST_LISTED)).all()
    total = session.scalar(select(func.count()).select_from(Item).where(*waiting)) or 0
    return Plans(total, [Plan.of(item) for item in items])


def plans_of_freeze(scope: str) -> Plans:
    """The plans in the scope of this freeze. Raises `NotFound` when there is no such freeze."""
    get_freeze(scope)
    return plans_in(scope)


def waiting_plans(scope: str) -> list[ColumnElement[bool]]:
    """The items with a plan in this scope that has not taken effect, as SQL."""
    moment = clock.now()
    waits = or_(Item.publish_at > moment, Item.unpublish_at > moment)
    if scope.startswith(OF_PERSON):
        return [waits, Item.planned_by_id == scope.removeprefix(OF_PERSON)]
    return [waits] if scope == WHOLE_CITY else [waits, Item.agency == scope]
