"""Reads orders to erase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.core.permissions import PERMISSION_MAP, Actor, Permission, Target, anywhere, can
from cms.erasures.models import Erasure, ErasureState


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The orders of the agencies whose content the actor may read."""
    readers = PERMISSION_MAP[Permission.CONTENT_READ]
    everywhere = any(actor.has(role) and holds is anywhere for role, holds in readers)
    agencies = {agency for role, _holds in readers for agency in actor.agencies(role)}
    return Erasure.id.is_not(None) if everywhere else Erasure.agency.in_(sorted(agencies))


def get_erasure(actor: Actor, erasure_id: str) -> Erasure:
    """The order with this id. Raises `NotFound` also when the actor may not know of it."""
    found = session.get(Erasure, erasure_id) if is_id(erasure_id) else None
    if found is None or not can(actor, Permission.CONTENT_READ, Target(found.agency)):
        raise NotFound
    return found


def lock_erasure(unit: UnitOfWork, erasure_id: str) -> Erasure:
    """The order, locked until the end of the unit of work."""
    statement = select(Erasure).where(Erasure.id == erasure_id).with_for_update()
    return unit.session.scalars(statement.execution_options(populate_existing=True)).one()


def list_erasures(
    actor: Actor, state: ErasureState | None, *, after: str | None = None, limit: int
) -> Sequence[Erasure]:
    """Orders that the actor may know of, the newest first; `after` is an id."""
    statement = select(Erasure).where(visible_to(actor)).order_by(Erasure.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(_is(state))
    if after is not None:
        statement = statement.where(Erasure.id < after)
    return session.scalars(statement).all()


def _is(state: ErasureState) -> ColumnElement[bool]:
    waits = Erasure.state == ErasureState.REQUESTED.value
    if state is ErasureState.EXPIRED:
        return and_(waits, Erasure.expires_at <= clock.now())
    if state is ErasureState.REQUESTED:
        return and_(waits, Erasure.expires_at > clock.now())
    return Erasure.state == state.value


def find_open(item_id: str) -> Erasure | None:
    """The order about this item that waits for a second person."""
    waits = _is(ErasureState.REQUESTED)
    return session.scalars(select(Erasure).where(Erasure.item_id == item_id, waits).limit(1)).first()


def find_unfinished(before: datetime) -> Sequence[Erasure]:
    """Confirmed orders from before this moment whose bytes were not removed yet."""
    waits = (
        Erasure.state == ErasureState.CONFIRMED.value,
        or_(Erasure.decided_at.is_(None), Erasure.decided_at <= before),
    )
    return session.scalars(select(Erasure).where(*waits).order_by(Erasure.id)).all()


def list_carried_out() -> Sequence[Erasure]:
    """The erasures that were carried out, oldest first."""
    states = [ErasureState.CONFIRMED.value, ErasureState.DONE.value]
    return session.scalars(select(Erasure).where(Erasure.state.in_(states)).order_by(Erasure.id)).all()
