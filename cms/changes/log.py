"""Writing and reading the change log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Dialect, bindparam, func, insert, select, update

from cms.changes.actions import TAKES_ACCESS, Action, ContentAction, is_public, topic_of
from cms.changes.chain import Line, line_hash
from cms.changes.facts import Cause, EndingKind, UpdateKind, Via, facts_of
from cms.changes.heads import CHANNEL, head_table
from cms.changes.models import Change, Installation
from cms.changes.stored_lines import StoredLog
from cms.changes.trust import believed, clock_wrong, is_accepted, is_far
from cms.changes.verification import verify
from cms.core import clock
from cms.core.commit_marks import wait_until_settled
from cms.core.compiled import CompiledStatement
from cms.core.db import UnitOfWork, session, table_of
from cms.core.logging import current_request_id
from cms.core.permissions import Actor
from cms.core.transactions import note_lines

_changes, _installation = table_of(Change), table_of(Installation)
_REACHED = "reached_position"
MICROSECOND = timedelta(microseconds=1)
_COLUMNS = tuple(column.name for column in _changes.columns)
_head = head_table(())
_INSERT_LINES = CompiledStatement(insert(_changes), _COLUMNS)


@cache
def _take_numbers(topics: tuple[str, ...]) -> CompiledStatement:
    """Advance the head row; returns the newest sequence, and the values of the row that lines of these topics need.

    PostgreSQL tells those who listen to CHANNEL once the transaction is committed: no statement more, and no writer waits longer,
    because writers take turns at the head row anyway.
    """
    head = head_table(topics)

    def build(dialect: Dialect) -> ClauseElement:
        told = () if dialect.name == "sqlite" else (func.pg_notify(CHANNEL, "").label("told"),)
        return (
            update(head)
            .where(head.c.id == 1)
            .values(sequence=head.c.sequence + bindparam("count"))
            .returning(
                head.c.sequence,
                head.c.hash,
                head.c.seen_at,
                *(head.c[f"{topic}_at"] for topic in topics),
                select(_installation.c.epoch).scalar_subquery().label("epoch"),
                *told,
            )
        )

    return CompiledStatement(build)


@cache
def _set_head(topics: tuple[str, ...], names: tuple[str, ...]) -> CompiledStatement:
    """Write these columns of the head row."""
    head = head_table(topics)
    return CompiledStatement(update(head).where(head.c.id == 1), names)


class Numbered(NamedTuple):
    """What a line gets at the end of its transaction: its number, and the moment from which readers see what it changed.

    `changed_at` is later than that of every line before it on the same topic, whatever the clock says, so the order of these
    moments is the order of the log. `recorded_at` is not: all lines of a transaction share it, and a clock may be set back.
    """

    sequence: int
    changed_at: datetime


@dataclass(slots=True)
class Lines:
    """The lines that a unit of work writes, and the steps that wait for their numbers."""

    changes: list[Change] = field(default_factory=list)
    newest_by_topic: dict[str, Change] = field(default_factory=dict)
    numbered: list[tuple[Change, Callable[[Numbered], None]]] = field(default_factory=list)
    last_steps: list[Callable[[], None]] = field(default_factory=list)
    has_turn: bool = False
    takes_access: bool = False
    epoch: str = ""


def record(
    unit: UnitOfWork,
    action: Action | ContentAction,
    resource_id: str,
    actor: Actor,
    *,
    agency: str | None = None,
    edition: int | None = None,
    fields: Iterable[str] = (),
    counts_as: str | None = None,
    update: UpdateKind | None = None,
    ending: EndingKind | None = None,
    cause: Cause | None = None,
) -> Change:
    """Add one line to the log of this unit of work.

    The line gets its sequence, time and hash at the very end of the transaction, so that sequences commit in order.
    `fields` are names only: the log holds no bodies and no secrets. `counts_as` is for the circuit breakers. `cause` is needed
    only where it is not that of the whole unit of work (`because`).
    """
    change = Change(
        action=action.value,
        resource_type=action.value.split(".")[0],
        resource_id=resource_id,
        edition=edition,
        agency=agency,
        actor_id=actor.id,
        actor_label=actor.label,
        request_id=current_request_id(),
        is_public=is_public(action),
        fields=sorted(fields),
        counts_as=counts_as,
        facts=facts_of(unit, Via.SYSTEM if actor.id is None else Via.PERSON, cause, update, ending),
    )
    _add_line(unit, change, topic_of(action))
    if action in TAKES_ACCESS and unit.session.get_bind().dialect.name != "sqlite":
        # Processes of other nodes are not told of the commit. On SQLite all processes share the marks.
        unit.part(Lines).takes_access = True
    return change


def _add_line(unit: UnitOfWork, change: Change, topic: str | None) -> None:
    """Let the line wait for its number; the first line of a unit makes sure that all of them get theirs."""
    lines = unit.part(Lines)
    if not lines.changes:
        unit.before_commit(lambda: _number(unit))
        unit.after_commit(lambda: _note_position(unit))
    lines.changes.append(change)
    if topic is not None:
        lines.newest_by_topic[topic] = change


def when_numbered(unit: UnitOfWork, change: Change, step: Callable[[Numbered], None]) -> None:
    """Run `step` with the number of `change` once it is known: last in the transaction, before the line is written.

    For rows that carry the number themselves: they are written once, with the right number. The line is not hashed yet:
    a step may still add facts to it.
    """
    unit.part(Lines).numbered.append((change, step))


def after_numbered(unit: UnitOfWork, step: Callable[[], None]) -> None:
    """Run `step` once all rows that carry a number are written, the head row still locked; called from inside such a step."""
    unit.part(Lines).last_steps.append(step)


def take_turn(unit: UnitOfWork) -> None:
    """Wait for the transactions whose lines come before, and let no further one commit before this one ends.

    Reads afterwards on another connection see their result. A unit that has written its lines has its turn already; on SQLite a
    writer has it from the beginning.
    """
    if unit.part(Lines).has_turn or unit.session.get_bind().dialect.name == "sqlite":
        return
    # As strong as the UPDATE that numbers lines: a later unit of the same transaction needs no stronger lock.
    unit.session.execute(select(_head.c.id).where(_head.c.id == 1).with_for_update(key_share=True))
    unit.part(Lines).has_turn = True


class Position(NamedTuple):
    """A place in the log that never changes its meaning: a number within an epoch."""

    epoch: str
    sequence: int


def reached_position() -> Position | None:
    """The position of the newest line that this context has committed; None when there is none."""
    found: Position | None = session().info.get(_REACHED)
    return found


def _note_position(unit: UnitOfWork) -> None:
    lines = unit.part(Lines)
    unit.session.info[_REACHED] = Position(lines.epoch, lines.changes[-1].sequence)
    if lines.takes_access:
        wait_until_settled()


def _number(unit: UnitOfWork) -> None:
    """Take the next numbers from the one-row table and chain the lines.

    The row stays locked until commit: numbers are gap-free and in commit order (docs/architecture.md).
    """
    lines = unit.part(Lines)
    changes, topics = lines.changes, tuple(sorted(lines.newest_by_topic))
    connection = unit.session.connection()
    taken = _take_numbers(topics).run(connection, {"count": len(changes)}).one()
    lines.has_turn, lines.epoch = True, taken.epoch
    note_lines(unit.session)
    recorded_at = _time_of_line(taken.seen_at)
    newest: dict[str, Any] = {"seen_at": recorded_at}
    for sequence, change in enumerate(changes, start=taken.sequence - len(changes) + 1):
        change.sequence, change.recorded_at = sequence, recorded_at
        if change.is_public:
            newest["public"] = sequence
    first = changes[0].sequence
    moment = max([recorded_at, *(clock.from_micros(getattr(taken, f"{topic}_at") + 1) for topic in topics)])
    for topic, change in lines.newest_by_topic.items():
        newest |= {topic: change.sequence, f"{topic}_at": moment + (change.sequence - first) * MICROSECOND}
    for change, step in lines.numbered:
        step(Numbered(change.sequence, moment + (change.sequence - first) * MICROSECOND))
    for last_step in lines.last_steps:
        last_step()
    newest["hash"] = _chained(changes, taken.hash)
    _INSERT_LINES.run(connection, [{name: getattr(change, name) for name in _COLUMNS} for change in changes])
    _set_head(topics, tuple(newest)).run(connection, newest)


def _chained(changes: Iterable[Change], previous: str) -> str:
    """Give each line its hash behind the one before it; returns the last one."""
    for change in changes:
        previous = change.hash = line_hash(_line(change), previous)
    return previous


def _time_of_line(seen: int) -> datetime:
    """The time of the lines: a clock that is a little behind counts as the newest known moment (`seen`, in microseconds).

    Raises `Unavailable("clock_wrong")`.
    """
    now = clock.micros(clock.now())
    if is_accepted():
        return clock.from_micros(now)
    if is_far(now, seen):
        raise clock_wrong(now, seen)
    return clock.from_micros(believed(now, seen))


def _line(change: Change) -> Line:
    """The line as it is hashed, once its number and time are known; its own hash is still missing."""
    return Line(
        action=change.action,
        actor_id=change.actor_id,
        actor_label=change.actor_label,
        agency=change.agency,
        edition=change.edition,
        facts=change.facts,
        fields=change.fields,
        is_public=change.is_public,
        recorded_at=clock.micros(change.recorded_at),
        request_id=change.request_id,
        resource_id=change.resource_id,
        resource_type=change.resource_type,
        sequence=change.sequence,
        hash="",
    )


def read_after(sequence: int, limit: int = 500) -> Sequence[Change]:
    """The lines after `sequence`, oldest first, at most `limit`."""
    return session.scalars(
        select(Change).where(Change.sequence > sequence).order_by(Change.sequence).limit(limit)
    ).all()


def broken_at() -> int | None:
    """The sequence of the first line that is altered, missing or out of place; None when the chain is whole."""
    stored = StoredLog()
    finding = verify(stored, stored.head).finding
    return None if finding is None else finding.sequence
