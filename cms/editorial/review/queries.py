"""The work list: items of all content types that wait for a user, longest wait first. Reads only, one statement per page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_, select, true, tuple_

from cms.core.db import session
from cms.core.permissions import (
    PERMISSION_MAP,
    Actor,
    Permission,
    Predicate,
    anywhere,
    in_own_agency,
    on_own_channel,
)
from cms.editorial.items.models import Item, State
from cms.editorial.items.queries import visible_to


class WaitingFor(StrEnum):
    """What an item waits for."""

    REVIEW = "review"
    PUBLICATION = "publication"
    REVISION = "revision"


WAITING_STATES = (State.DRAFT, State.IN_REVIEW, State.APPROVED, State.RETURNED)
_WAITING_FOR = {State.IN_REVIEW: WaitingFor.REVIEW, State.APPROVED: WaitingFor.PUBLICATION}


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """A filter of the work list; empty means all waiting items."""

    is_mine: bool = True
    agencies: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def conditions(self, actor: Actor, city_channel: str) -> list[ColumnElement[bool]]:
        """The filter as SQL."""
        waiting = _waits_for(actor, city_channel) if self.is_mine else _waits()
        pairs = ((Item.agency, self.agencies), (Item.type, self.types), (Item.state, self.states))
        return [waiting, *(column.in_(values) for column, values in pairs if values)]


def waiting_for(item: Item) -> WaitingFor:
    """What an item of the work list waits for."""
    return _WAITING_FOR.get(State(item.state), WaitingFor.REVISION)


def list_waiting(
    actor: Actor, city_channel: str, wanted: WorkFilter, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Item]:
    """The waiting items after the position `after`, at most `limit`."""
    statement = select(Item).where(visible_to(actor), *wanted.conditions(actor, city_channel))
    if after is not None:
        statement = statement.where(tuple_(Item.state_since, Item.id) > after)
    return session.scalars(statement.order_by(Item.state_since, Item.id).limit(limit)).all()


def _waits() -> ColumnElement[bool]:
    undecided = (State.IN_REVIEW.value, State.APPROVED.value, State.RETURNED.value)
    return or_(Item.state.in_(undecided), _is_held_draft())


def _is_held_draft() -> ColumnElement[bool]:
    return and_(Item.state == State.DRAFT.value, Item.hold != [])


def _waits_for(actor: Actor, city_channel: str) -> ColumnElement[bool]:
    """Reviews that the actor may approve or return, approved items that the actor may publish, and the actor's own returned items."""
    may_review = or_(
        _allows(actor, Permission.CONTENT_RETURN, city_channel),
        _allows(actor, Permission.CONTENT_APPROVE, city_channel),
    )
    return or_(
        and_(Item.state == State.IN_REVIEW.value, may_review),
        and_(Item.state == State.APPROVED.value, _allows(actor, Permission.CONTENT_PUBLISH, city_channel)),
        and_(Item.author_id == actor.id, or_(Item.state == State.RETURNED.value, _is_held_draft())),
    )


def _allows(actor: Actor, permission: Permission, city_channel: str) -> ColumnElement[bool]:
    """The items on which the permission map gives the actor this permission, as SQL."""
    conditions: list[ColumnElement[bool]] = [false()]
    for role, holds in PERMISSION_MAP[permission]:
        if actor.has(role):
            conditions.append(_AS_SQL[holds](sorted(actor.agencies(role)), city_channel))
    return or_(*conditions)


def _on_own_channel(agencies: list[str], city_channel: str) -> ColumnElement[bool]:
    live_elsewhere = or_(Item.published_edition.is_(None), Item.published_channel != city_channel)
    return and_(Item.agency.in_(agencies), Item.channel != city_channel, live_elsewhere)


_AS_SQL: dict[Predicate, Callable[[list[str], str], ColumnElement[bool]]] = {
    anywhere: lambda _agencies, _city: true(),
    in_own_agency: lambda agencies, _city: Item.agency.in_(agencies),
    on_own_channel: _on_own_channel,
}
