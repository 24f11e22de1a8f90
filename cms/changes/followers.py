"""Followers: readers of the log, each with a position of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cms.changes.heads import read_heads
from cms.changes.log import read_after
from cms.changes.models import Change, FollowerPosition
from cms.core import clock
from cms.core.db import UnitOfWork, rolled_back, session, unit_of_work
from cms.core.dead_letters.failures import is_outage, put_aside
from cms.core.dead_letters.queries import due_again
from cms.core.dead_letters.tasks import putting_aside
from cms.core.prepared import foreseen, keeping_results
from cms.core.runtime import runtime

FOLLOWERS: Final = ("presenter", "schedule", "webhooks", "notifications", "search")
"""Every follower that this code has (`cms.worker` runs them): those that never ran are behind by the whole log."""
Handler = Callable[[UnitOfWork, Sequence[Change]], bool | None]
"""Handles lines; `False` means that part of the work is left: the same lines come again, in another transaction."""
Foresight = Callable[[Sequence[Change]], None]
"""Runs the slow computations of a handler before its transaction begins."""


def foresee_nothing(_changes: Sequence[Change]) -> None:
    """The default for handlers without slow computations."""


def follow_log(name: str, handler: Handler, limit: int = 200, *, foresee: Foresight = foresee_nothing) -> int:
    """Give the next lines to `handler` and move the position, in one transaction; returns how many lines there were.

    Several processes may call this for one name: the position row is locked, so each line is handled once. Handlers are
    idempotent and read the current state, not the content of the line.
    """
    try:
        return _handle_next(name, handler, limit, foresee)
    except Exception as error:
        if is_outage(error):
            raise
    # One of the lines fails: handle the first line alone, and skip it if it is the one that fails.
    try:
        return _handle_next(name, handler, 1, foresee)
    except Exception as error:
        if is_outage(error):
            raise
        return _pass_by(name, error)


@dataclass(slots=True)
class LogFollower:
    """A follower of the change log; checks for new lines with one small SELECT before it locks anything."""

    name: str
    handler: Handler
    foresee: Foresight = foresee_nothing
    lines: int = 200
    _seen: int = field(default=-1)

    def __call__(self) -> bool:
        """Handle the next lines; True when there may be more."""
        newest = read_heads(runtime().reader).sequence
        if newest == self._seen:
            return False
        handled = follow_log(self.name, self.handler, self.lines, foresee=self.foresee)
        if not handled or has_reached(self.name, newest):
            self._seen = newest
            return False
        return True


def has_reached(name: str, sequence: int) -> bool:
    """True when a follower has handled the lines up to this one: a look that locks nothing, where an empty transaction would."""
    with rolled_back():
        return _position(name) >= sequence


def retry_lines(name: str, handler: Handler, *, foresee: Foresight = foresee_nothing) -> int:
    """Retry lines that were put aside and are due; returns how many were tried."""
    due = due_again(queue_of(name))
    for key in due:
        with putting_aside(queue_of(name), key):
            is_left = True
            while is_left:
                is_left = _handle_again(name, handler, foresee, int(key) - 1)
    return len(due)


def _handle_again(name: str, handler: Handler, foresee: Foresight, before: int) -> bool:
    """Handle the one line behind `before`; True when part of it is left."""
    with foreseen(lambda: foresee(read_after(before, 1))), unit_of_work() as unit:
        _locked_position(unit, name)
        return handler(unit, read_after(before, 1)) is False


def queue_of(name: str) -> str:
    """The name of the queue in which a follower puts lines aside."""
    return f"follower {name}"


def _handle_next(name: str, handler: Handler, limit: int, foresee: Foresight) -> int:
    with _foreseen(name, limit, foresee), unit_of_work() as unit:
        position = _locked_position(unit, name)
        changes = read_after(position.sequence, limit)
        if changes and handler(unit, changes) is not False:
            _move(position, changes[-1].sequence)
    return len(changes)


def _foreseen(name: str, limit: int, foresee: Foresight) -> AbstractContextManager[None]:
    """The lines are read beforehand only for those that have something to compute."""
    if foresee is foresee_nothing:
        return keeping_results()
    return foreseen(lambda: foresee(read_after(_position(name), limit)))


def _position(name: str) -> int:
    found = session.scalar(select(FollowerPosition.sequence).where(FollowerPosition.name == name))
    return found or 0


def _pass_by(name: str, error: Exception) -> int:
    """Put the next line aside and go on behind it."""
    with unit_of_work() as unit:
        position = _locked_position(unit, name)
        _move(position, position.sequence + 1)
        put_aside(unit, queue_of(name), str(position.sequence), error)
    return 1


def _move(position: FollowerPosition, sequence: int) -> None:
    position.sequence = sequence
    position.moved_at = clock.now()


def _locked_position(unit: UnitOfWork, name: str) -> FollowerPosition:
    locked = select(FollowerPosition).where(FollowerPosition.name == name).with_for_update()
    position = unit.session.scalar(locked)
    if position is None:
        _begin_position(unit, name)
        position = unit.session.scalars(locked).one()
    return position


def _begin_position(unit: UnitOfWork, name: str) -> None:
    """Add the position of a follower that reads for the first time, unless another process is a moment faster."""
    try:
        with unit.session.begin_nested():
            unit.session.execute(insert(FollowerPosition).values(name=name, sequence=0, moved_at=clock.now()))
    except IntegrityError:
        return
