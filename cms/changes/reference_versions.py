"""Earlier versions of reference data and their authors, so that a rollback can restore them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select

from cms.changes.models import ReferenceVersion
from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.ids import new_id
from cms.core.permissions import Actor

UNKNOWN = Actor(None, "unknown")


def values_of(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a row as JSON has them."""
    found = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def keep_first_version(unit: UnitOfWork, kind: str, key: str, values: Mapping[str, Any] | None) -> None:
    """Keep the present values before the first change that this table records; their author is unknown."""
    if find_newest_version(kind, key) is None:
        keep_version(unit, kind, key, values, UNKNOWN)
        unit.session.flush()


def keep_version(unit: UnitOfWork, kind: str, key: str, values: Mapping[str, Any] | None, actor: Actor) -> None:
    """Keep the present values, `None` when the row is gone; call it after every change."""
    unit.add(
        ReferenceVersion(
            id=new_id(), kind=kind, key=key, values=None if values is None else dict(values), author_id=actor.id,
            author_label=actor.label, saved_at=clock.now(),
        )
    )  # fmt: skip


def find_newest_version(kind: str, key: str) -> ReferenceVersion | None:
    """The newest version, with its author."""
    return session.scalar(_newest(kind, key).limit(1))


def find_version_by_others(kind: str, key: str, author_id: str, since: datetime) -> ReferenceVersion | None:
    """The newest version that is not by this person, or is from before this moment; None when there is none."""
    row = ReferenceVersion
    others = or_(row.author_id.is_(None), row.author_id != author_id, row.saved_at < since)
    return session.scalar(_newest(kind, key).where(others).limit(1))


def find_keys_by(kind: str, author_id: str, since: datetime) -> set[str]:
    """What this person has changed since."""
    row = ReferenceVersion
    return set(
        session.scalars(select(row.key).where(row.kind == kind, row.author_id == author_id, row.saved_at >= since))
    )


def _newest(kind: str, key: str) -> Select[ReferenceVersion]:
    row = ReferenceVersion
    return select(row).where(row.kind == kind, row.key == key).order_by(row.id.desc())
