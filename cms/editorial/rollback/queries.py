"""Reads rollbacks, and the items that they concern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from cms.changes.models import Change
from cms.changes.reference_versions import find_keys_by
from cms.core.db import UnitOfWork, session
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.editorial.content_types import registered_types
from cms.editorial.rollback.models import Rollback
from cms.editorial.rollback.orders import Order
from cms.editorial.rollback.revert_reference import KINDS

IMAGE: Final = "media"
"""The resource type of images in the log."""
FIRST: Final = (IMAGE, *KINDS)


def get_rollback(rollback_id: str) -> Rollback:
    """The rollback with this id. Raises `NotFound`."""
    rollback = session.get(Rollback, rollback_id) if is_id(rollback_id) else None
    if rollback is None:
        raise NotFound
    return rollback


def list_rollbacks(*, after: str | None = None, limit: int) -> Sequence[Rollback]:
    """Rollbacks, the newest first; `after` is an id."""
    statement = select(Rollback).order_by(Rollback.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(Rollback.id < after)
    return session.scalars(statement).all()


def find_touched(order: Order) -> Sequence[tuple[str, str]]:
    """Type and id of everything that the target has changed; reference data and images first, because items show them."""
    statement = (
        select(Change.resource_type, Change.resource_id)
        .where(
            Change.actor_id == order.target_id,
            Change.recorded_at >= order.since,
            Change.resource_type.in_([IMAGE, *KINDS, *sorted(registered_types())]),
        )
        .distinct()
        .order_by(Change.resource_id)
    )
    if order.agency is not None:
        statement = statement.where(Change.agency == order.agency)
    found = [(row.resource_type, row.resource_id) for row in session.execute(statement)]
    return sorted(
        (named for each in found for named in _names_of(order, *each)), key=lambda named: named[0] not in FIRST
    )


def _names_of(order: Order, kind: str, resource_id: str) -> list[tuple[str, str]]:
    """The full keys of a thing in the log, which has only the end of a long domain."""
    if kind != "link_domain":
        return [(kind, resource_id)]
    keys = find_keys_by(kind, order.target_id, order.since)
    return [(kind, key) for key in sorted(keys) if key.endswith(resource_id)]


def lock_orders(unit: UnitOfWork, target_id: str) -> None:
    """Let orders against this person begin one after another, so that the same order sent twice at once is one rollback."""
    if unit.session.get_bind().dialect.name == "postgresql":
        # On SQLite writers take turns anyway.
        unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"rollback of {target_id}"))))


def lock_rollback(unit: UnitOfWork, rollback_id: str) -> Rollback:
    """The rollback, locked until the end of the unit of work."""
    statement = select(Rollback).where(Rollback.id == rollback_id).with_for_update()
    return unit.session.scalars(statement.execution_options(populate_existing=True)).one()
