"""Finding lines of the log and checkpoints.

The log only grows, so every filter has an index that ends with the number: a page is read along it, whether there are matches or
not. Each value of a filter is one such read, and the results are merged: `IN` would sort all matches or read every line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all

from cms.changes.models import Change, Checkpoint
from cms.core.db import session
from cms.editorial.content_types import action_names


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """The filters of the trail; None and empty mean all. Bounds are exclusive for times, inclusive for sequences."""

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

    def readings(self) -> list[list[ColumnElement[bool]]]:
        """The filter as SQL: each list of conditions uses one index, and no line meets two of them."""
        single = [(Change.actor_id, self.actor), (Change.resource_id, self.item), (Change.request_id, self.request_id)]
        fixed = [column == value for column, value in single if value is not None]
        common: list[ColumnElement[bool]] = [*fixed, *self._bounds()]
        actions = self._actions()
        several = [(Change.agency, self.agency or None), (Change.action, actions)]
        merged = None if fixed else next((pair for pair in several if pair[1] is not None), None)
        common += [
            column.in_(values) for column, values in several if values is not None and (column, values) != merged
        ]
        if merged is None:
            return [common]
        return [[merged[0] == value, *common] for value in merged[1] or ()]

    def _actions(self) -> tuple[str, ...] | None:
        """The requested actions; None: all. A type is the first word of its actions and needs no index of its own."""
        if not self.type and not self.action:
            return None
        named = self.action or action_names()
        return tuple(action for action in named if not self.type or action.split(".")[0] in self.type)

    def span(self) -> list[ColumnElement[bool]]:
        """The bounds in time as SQL."""
        bounds: list[ColumnElement[bool]] = []
        if self.after is not None:
            bounds.append(Change.recorded_at > self.after)
        if self.before is not None:
            bounds.append(Change.recorded_at < self.before)
        return bounds

    def _bounds(self) -> list[ColumnElement[bool]]:
        bounds = self.span()
        if self.from_sequence is not None:
            bounds.append(Change.sequence >= self.from_sequence)
        if self.to_sequence is not None:
            bounds.append(Change.sequence <= self.to_sequence)
        return bounds


def list_changes(wanted: ChangeFilter, *, oldest_first: bool, after: int | None, limit: int) -> Sequence[Change]:
    """Lines of the log, newest first or oldest first, from behind the sequence `after`."""
    order = Change.sequence.asc() if oldest_first else Change.sequence.desc()
    behind: list[ColumnElement[bool]] = []
    if after is not None:
        behind.append(Change.sequence > after if oldest_first else Change.sequence < after)
    if _is_empty(wanted.span()):
        return []
    readings = [select(Change).where(*each, *behind).order_by(order).limit(limit) for each in wanted.readings()]
    if len(readings) > 1:
        return _merged(readings, oldest_first=oldest_first, limit=limit)
    return session.scalars(readings[0]).all() if readings else []


def _is_empty(span: list[ColumnElement[bool]]) -> bool:
    """True when no line at all is of this time.

    Checked separately: in the order of numbers, such a page would read every line.
    """
    if not span:
        return False
    return session.scalar(select(Change.sequence).where(*span).order_by(Change.recorded_at).limit(1)) is None


def _merged(readings: Sequence[Select[Any]], *, oldest_first: bool, limit: int) -> Sequence[Change]:
    everything = union_all(*(select(reading.subquery()) for reading in readings))
    number = everything.selected_columns.sequence
    ordered = everything.order_by(number.asc() if oldest_first else number.desc()).limit(limit)
    return session.scalars(select(Change).from_statement(ordered)).all()


def list_checkpoints(*, after: tuple[int, str] | None, limit: int) -> Sequence[Checkpoint]:
    """Checkpoints, newest first, from behind the position `after`."""
    statement = select(Checkpoint).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(Checkpoint.sequence, Checkpoint.key_id) < after)
    return session.scalars(statement.order_by(Checkpoint.sequence.desc(), Checkpoint.key_id.desc())).all()
