"""What is planned where publishing is frozen: naming it, and taking all of it back.

A freeze stops people, not the clock: readers compute what is live, and asking for freezes on every read would cost all of them.
So whoever freezes is told what is coming, and one call takes it back (decision 23).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select

from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.db import session, unit_of_work
from cms.core.people import person_reference
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.editorial.content_types import registered_types
from cms.editorial.items.models import Item
from cms.editorial.schedules.due import carry_out_due
from cms.editorial.schedules.services import drop_plan
from cms.moderation.models import OF_PERSON, WHOLE_CITY
from cms.moderation.queries import get_freeze

MOST_LISTED: Final = 100
"""Plans that are named; how many there are is always told."""
BATCH: Final = 50
"""Items of one transaction: few, so that nobody waits for long."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for an item, and by whom."""

    type: str
    item_id: str
    agency: str
    publish_at: datetime | None
    unpublish_at: datetime | None
    by_id: str | None
    by_label: str | None

    @classmethod
    def of(cls, item: Item) -> Plan:
        """What has not come about yet of an item's plan."""
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
    """What is planned in an agency, in the whole city (`city`) or by a person (`person:<id>`); what comes first stands first."""
    waiting = _waiting(scope)
    earliest = func.coalesce(Item.publish_at, Item.unpublish_at)
    items = session.scalars(select(Item).where(*waiting).order_by(earliest, Item.id).limit(MOST_LISTED)).all()
    total = session.scalar(select(func.count()).select_from(Item).where(*waiting)) or 0
    return Plans(total, [Plan.of(item) for item in items])


def plans_of_freeze(scope: str) -> Plans:
    """What is planned where this freeze holds. Raises `NotFound` when nothing is frozen there."""
    get_freeze(scope)
    return plans_in(scope)


def take_back_plans(actor: Actor, scope: str) -> Plans:
    """Take back all that is planned where this freeze holds; returns what that was.

    In steps of `BATCH` items; as nobody can plan there, the same call finishes what an interrupted one has left.
    Raises `NotFound` when nothing is frozen there, `Forbidden`.
    """
    taken: list[Plan] = []
    while step := take_back_step(actor, scope):
        taken += step
    return Plans(len(taken), taken[:MOST_LISTED])


def take_back_step(actor: Actor, scope: str) -> Sequence[Plan]:
    """Take back the plans of up to `BATCH` items; none when nothing is left."""
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        get_freeze(scope)
        locked = select(Item).where(*_waiting(scope)).order_by(Item.id).limit(BATCH).with_for_update(of=Item)
        items = unit.session.scalars(locked.execution_options(populate_existing=True)).all()
        taken = [Plan.of(item) for item in items]
        for item in items:
            content_type = registered_types()[item.type]
            carry_out_due(unit, content_type, item)
            drop_plan(unit, content_type, actor, item, reason=f"freeze:{scope}")
    return taken


def present_plans(plans: Plans) -> dict[str, Any]:
    """Plans on the wire: whose items and when, no content, because administrators freeze too."""
    return {"total": plans.total, "items": [_present(plan) for plan in plans.first]}


def _present(plan: Plan) -> dict[str, Any]:
    return {
        "type": plan.type,
        "id": plan.item_id,
        "agency": plan.agency,
        "publish_at": rfc3339(plan.publish_at) if plan.publish_at else None,
        "unpublish_at": rfc3339(plan.unpublish_at) if plan.unpublish_at else None,
        "by": person_reference(plan.by_id, plan.by_label),
    }


def _waiting(scope: str) -> list[ColumnElement[bool]]:
    moment = clock.now()
    waits = or_(Item.publish_at > moment, Item.unpublish_at > moment)
    if scope.startswith(OF_PERSON):
        return [waits, Item.planned_by_id == scope.removeprefix(OF_PERSON)]
    return [waits] if scope == WHOLE_CITY else [waits, Item.agency == scope]
