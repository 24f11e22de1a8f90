"""Reading the log as it is stored, for proofs: chunk by chunk, each in a short transaction of its own, raw values.

Raw, because a value that the application would read in the same way may still have been altered. Short transactions,
because a long one would keep PostgreSQL from tidying up and SQLite from resetting its write-ahead log; writers never wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from cms.changes.chain import Line
from cms.changes.verification import Place
from cms.core.clock import micros
from cms.core.db import db

CHUNKS = (5_000, 500, 50, 1)
UNREADABLE = Line(None, None, None, None, None, None, None, None, None, None, None, None, None, "")
_COLUMNS = ", ".join(Line._fields)
_FIRST = f"SELECT {_COLUMNS} FROM changes ORDER BY sequence LIMIT :count"  # noqa: S608 - names of our own
_BEHIND = f"SELECT {_COLUMNS} FROM changes WHERE sequence > :after ORDER BY sequence LIMIT :count"  # noqa: S608 - as above
_SEQUENCE = "SELECT sequence FROM changes WHERE sequence > :after ORDER BY sequence LIMIT 1"
_SEQUENCE_FIRST = "SELECT sequence FROM changes ORDER BY sequence LIMIT 1"
_TRUTH: dict[Any, Any] = {0: False, 1: True}


def nothing(_sequence: int) -> None:
    """Report no progress."""


class StoredLog:
    """The lines behind `after` (None: all), and the head row as it was when the last of them was read."""

    def __init__(self, after: int | None = None, progress: Callable[[int], None] = nothing) -> None:
        self._after: Any = after
        self._progress = progress
        self._head: Place | None = None

    def __iter__(self) -> Iterator[Line]:
        """The lines, in the order of their numbers; those that are written meanwhile come as well."""
        while True:
            with snapshot() as connection:
                self._head = _read_head(connection)
                lines = self._read_chunk(connection)
            yield from lines
            if not lines:
                return
            self._after = lines[-1].sequence
            self._progress(self._after if isinstance(self._after, int) else 0)

    def head(self) -> Place | None:
        """The head row as it was together with the last lines."""
        return self._head

    def _read_chunk(self, connection: Connection) -> Sequence[Line]:
        """The next lines; fewer of them when the driver cannot read a value."""
        for count in CHUNKS:
            try:
                return [_line(row) for row in self._rows(connection, count)]
            except DBAPIError:
                # Or the database is gone: then the last statement below fails as well.
                continue
        statement = _SEQUENCE_FIRST if self._after is None else _SEQUENCE
        sequence = connection.execute(text(statement), self._parameters()).scalar_one()
        return [UNREADABLE._replace(sequence=sequence)]

    def _rows(self, connection: Connection, count: int) -> Sequence[Row[Any]]:
        statement = text(_FIRST if self._after is None else _BEHIND)
        return connection.execute(statement, {**self._parameters(), "count": count}).all()

    def _parameters(self) -> dict[str, Any]:
        return {} if self._after is None else {"after": self._after}


def hash_of(sequence: int) -> str | None:
    """The stored hash of a line; None when there is no such line."""
    with snapshot() as connection:
        found: str | None = connection.execute(
            text("SELECT hash FROM changes WHERE sequence = :sequence"), {"sequence": sequence}
        ).scalar()
    return found


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection on which several statements see one state of the database."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _read_head(connection: Connection) -> Place | None:
    row = connection.execute(text("SELECT sequence, hash FROM change_head WHERE id = 1")).one_or_none()
    return None if row is None else Place(row.sequence, row.hash)


def _line(row: Row[Any]) -> Line:
    line = Line._make(row)
    return line._replace(
        facts=read_json(line.facts),
        fields=read_json(line.fields),
        is_public=_TRUTH.get(line.is_public, line.is_public),
        recorded_at=read_moment(line.recorded_at),
    )


def read_json(raw: Any) -> Any:
    """JSON as the database gives it, as text or as a value; invalid JSON stays as it is."""
    if not isinstance(raw, str | bytes):
        return raw
    try:
        return orjson.loads(raw)
    except ValueError:
        return raw


def read_moment(raw: Any) -> int | None:
    """Microseconds since 1970. SQLite's text counts only in the one form in which we write it: others may be read differently."""
    if isinstance(raw, datetime):
        return micros(raw) if raw.tzinfo is not None else None
    try:
        moment = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        return None
    return micros(moment.replace(tzinfo=UTC)) if moment.isoformat(" ", "microseconds") == raw else None
