"""Finding lines of the log and checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_

from cms.changes.models import Change, Checkpoint
from cms.core.db import session


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What the trail is narrowed to; None and empty mean everything. Times exclude, sequences include their bound."""

    actor: str | None = None
    item: str | None = None
    request_id: str | None = None
    agency: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    from_sequence: int | None = None
    to_sequence: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as SQL."""
        single = [(Change.actor_id, self.actor), (Change.resource_id, self.item), (Change.request_id, self.request_id)]
        several = [(Change.agency, self.agency), (Change.resource_type, self.type), (Change.action, self.action)]
        found: list[ColumnElement[bool]] = [column == value for column, value in single if value is not None]
        found += [column.in_(values) for column, values in several if values]
        return [*found, *self._bounds()]

    def _bounds(self) -> list[ColumnElement[bool]]:
        bounds: list[ColumnElement[bool]] = []
        if self.after is not None:
            bounds.append(Change.recorded_at > self.after)
        if self.before is not None:
            bounds.append(Change.recorded_at < self.before)
        if self.from_sequence is not None:
            bounds.append(Change.sequence >= self.from_sequence)
        if self.to_sequence is not None:
            bounds.append(Change.sequence <= self.to_sequence)
        return bounds


def list_changes(wanted: ChangeFilter, *, oldest_first: bool, after: int | None, limit: int) -> Sequence[Change]:
    """Lines of the log, newest first or oldest first, from behind the sequence `after`."""
    statement = select(Change).where(*wanted.conditions()).limit(limit)
    if oldest_first:
        statement = statement if after is None else statement.where(Change.sequence > after)
        return session.scalars(statement.order_by(Change.sequence)).all()
    statement = statement if after is None else statement.where(Change.sequence < after)
    return session.scalars(statement.order_by(Change.sequence.desc())).all()


def list_checkpoints(*, after: tuple[int, str] | None, limit: int) -> Sequence[Checkpoint]:
    """Checkpoints, newest first, from behind the position `after`."""
    statement = select(Checkpoint).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(Checkpoint.sequence, Checkpoint.key_id) < after)
    return session.scalars(statement.order_by(Checkpoint.sequence.desc(), Checkpoint.key_id.desc())).all()
