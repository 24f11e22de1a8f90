"""Writing and reading the change log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from cms.changes.actions import Action, is_public, topic_of
from cms.changes.models import GENESIS_HASH, Change, ChangeHead
from cms.core import clock
from cms.core.db import UnitOfWork, session, table_of
from cms.core.logging import current_request_id
from cms.core.permissions import Actor
from cms.core.reading import Reader

_changes, _head = table_of(Change), table_of(ChangeHead)
_COLUMNS = tuple(column.name for column in _changes.columns)
_TAKE_NUMBERS = (
    update(_head)
    .where(_head.c.id == 1)
    .values(sequence=_head.c.sequence + bindparam("count"))
    .returning(_head.c.sequence, _head.c.hash)
)


def record(
    unit: UnitOfWork,
    action: Action,
    resource_id: str,
    actor: Actor,
    *,
    agency: str | None = None,
    edition: int | None = None,
    fields: Iterable[str] = (),
) -> Change:
    """Add one line to the log of this unit of work.

    The line gets its sequence, time and hash at the very end of the transaction, so that sequences commit in order.
    `fields` are names only: the log holds no bodies and no secrets.
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
    )
    if "changes" not in unit.state:
        unit.state["changes"] = []
        unit.state["numbered"] = []
        unit.before_commit(lambda: _number(unit))
    unit.state["changes"].append(change)
    return change


def when_numbered(unit: UnitOfWork, change: Change, step: Callable[[int], None]) -> None:
    """Run `step` with the sequence of `change` once it is known: last in the transaction, before the line is written.

    For rows that carry the sequence themselves: they are written once, with the right number.
    """
    unit.state["numbered"].append((change, step))


def _number(unit: UnitOfWork) -> None:
    """Take the next numbers from the one-row table and chain the lines.

    The row stays locked until commit: numbers are gap-free and in commit order (architecture.md section 3).
    """
    changes: list[Change] = unit.state["changes"]
    connection = unit.session.connection()
    taken = connection.execute(_TAKE_NUMBERS, {"count": len(changes)}).one()
    newest: dict[str, Any] = {"hash": taken.hash}
    recorded_at = clock.now()
    for sequence, change in enumerate(changes, start=taken.sequence - len(changes) + 1):
        change.sequence, change.recorded_at = sequence, recorded_at
        change.hash = newest["hash"] = line_hash(change, newest["hash"])
        topic = topic_of(Action(change.action))
        if topic is not None:
            newest |= {topic.value: sequence, f"{topic.value}_at": recorded_at}
        if change.is_public:
            newest["public"] = sequence
    for change, step in unit.state["numbered"]:
        step(change.sequence)
    connection.execute(insert(_changes), [{name: getattr(change, name) for name in _COLUMNS} for change in changes])
    connection.execute(update(_head).where(_head.c.id == 1).values(**newest))


def line_hash(change: Change, previous_hash: str) -> str:
    """SHA-256 over the canonical JSON of the line and the hash of the line before it, in hexadecimal."""
    content = {
        "sequence": change.sequence,
        "recorded_at": clock.micros(change.recorded_at),
        "action": change.action,
        "resource_type": change.resource_type,
        "resource_id": change.resource_id,
        "edition": change.edition,
        "agency": change.agency,
        "actor_id": change.actor_id,
        "actor_label": change.actor_label,
        "request_id": change.request_id,
        "is_public": change.is_public,
        "fields": change.fields,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"simpul-log-1\n{previous_hash}\n{text}".encode()).hexdigest()


def read_after(sequence: int, limit: int = 500) -> Sequence[Change]:
    """The lines after `sequence`, oldest first, at most `limit`."""
    return session.scalars(
        select(Change).where(Change.sequence > sequence).order_by(Change.sequence).limit(limit)
    ).all()


def broken_at() -> int | None:
    """The sequence of the first line that is altered, missing or out of place; None when the chain is whole."""
    previous, expected = GENESIS_HASH, 1
    for change in _all_lines():
        if change.sequence != expected or line_hash(change, previous) != change.hash:
            return expected
        previous, expected = change.hash, expected + 1
    head = session.get_one(ChangeHead, 1)
    return None if (head.sequence, head.hash) == (expected - 1, previous) else expected


def _all_lines() -> Iterator[Change]:
    last = 0
    while lines := read_after(last, 1000):
        yield from lines
        last = lines[-1].sequence
        session.expunge_all()


class Heads(NamedTuple):
    """The newest sequence of each topic and its time (microseconds since 1970), read in one statement."""

    sequence: int
    public: int
    posts: int
    documents: int
    reference: int
    access: int
    posts_at: int
    documents_at: int
    reference_at: int
    access_at: int


HEAD_COLUMNS = Heads._fields
_HEADS = f"SELECT {', '.join(HEAD_COLUMNS)} FROM change_head WHERE id = 1"  # noqa: S608 - names of our own


def read_heads(reader: Reader) -> Heads:
    """The newest sequences now; one small SELECT."""
    return Heads(*reader.numbers(_HEADS))
