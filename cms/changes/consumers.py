"""Readers of the log with a position of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cms.changes.log import read_after
from cms.changes.models import Change, ConsumerPosition
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work

FOLLOWERS: Final = ("presenter",)
"""Every follower that this code has (`cms.worker` runs them): those that never ran are behind by the whole log."""
Handler = Callable[[UnitOfWork, Sequence[Change]], bool | None]
"""Does what the lines ask for; `False` means that part of it is left: the same lines come again, in another transaction."""


def consume(name: str, handler: Handler, limit: int = 200) -> int:
    """Give the next lines to `handler` and move the position, in one transaction; returns how many lines there were.

    Several processes may call this for one name: the position row is locked, so each line is handled once. Handlers are
    idempotent and look at the current state, not at what the line says.
    """
    with unit_of_work() as unit:
        position = _locked_position(unit, name)
        changes = read_after(position.sequence, limit)
        if changes and handler(unit, changes) is not False:
            position.sequence = changes[-1].sequence
            position.moved_at = clock.now()
    return len(changes)


def _locked_position(unit: UnitOfWork, name: str) -> ConsumerPosition:
    locked = select(ConsumerPosition).where(ConsumerPosition.name == name).with_for_update()
    position = unit.session.scalar(locked)
    if position is None:
        _begin_position(unit, name)
        position = unit.session.scalars(locked).one()
    return position


def _begin_position(unit: UnitOfWork, name: str) -> None:
    """Add the position of a consumer that reads for the first time, unless another process is a moment faster."""
    try:
        with unit.session.begin_nested():
            unit.session.execute(insert(ConsumerPosition).values(name=name, sequence=0, moved_at=clock.now()))
    except IntegrityError:
        return
