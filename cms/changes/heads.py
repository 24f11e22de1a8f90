"""The head row of the log as readers use it: the newest position of each topic, its time, and its next scheduled moment.

Every application has the topics of `cms.changes.actions.Topic`; each of its content types adds one, with three columns in the row.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import NamedTuple, cast

from flask import current_app
from sqlalchemy import BigInteger, String, TableClause, column, inspect, table

from cms.changes.actions import Topic
from cms.core.db import rolled_back, session
from cms.core.reading import Reader
from cms.core.types import EpochMicros

EXTENSION = "simpul_log_head"
HEAD_TABLES = "change_head h JOIN installation n ON n.id = h.id"
CHANNEL = "simpul_log"
"""On PostgreSQL every transaction with lines notifies this channel when it is committed; without content."""


class Heads(NamedTuple):
    """The newest sequence of each topic, its time, the newest known moment, and the epoch, read in one statement.

    `LogHead` makes a tuple with these names that also has `posts`, `posts_at` and `posts_due_at` for each content type.
    Times are microseconds since 1970. Sequences are only valid within their epoch.
    """

    sequence: int
    public: int
    reference: int
    access: int
    reference_at: int
    access_at: int
    seen_at: int
    epoch: str


def columns_of(topic: str) -> tuple[str, str, str]:
    """The columns of a content type's topic: the newest sequence, its time, and the next scheduled moment."""
    return topic, f"{topic}_at", f"{topic}_due_at"


@cache
def head_table(topics: tuple[str, ...]) -> TableClause:
    """The head row with the positions of these topics, for writers."""
    return table(
        "change_head",
        column("id", BigInteger),
        column("sequence", BigInteger),
        column("public", BigInteger),
        column("hash", String),
        column("seen_at", EpochMicros),
        *(column(topic, BigInteger) for topic in topics),
        *(column(f"{topic}_at", EpochMicros) for topic in topics),
    )


def _column_list(names: Iterable[str]) -> str:
    return ", ".join([*(f"h.{name}" for name in names if name != "epoch"), "n.epoch"])


_HEADS = f"SELECT {_column_list(Heads._fields)} FROM {HEAD_TABLES} WHERE h.id = 1"  # noqa: S608 - names of our own


def read_heads(reader: Reader) -> Heads:
    """The newest sequences now, without those of content types; one small SELECT."""
    return Heads(*reader.numbers_and_word(_HEADS))


class LogHead:
    """The head row as one application reads it. `topics` are those of its content types, by the name of the type."""

    def __init__(self, topics: Mapping[str, str]) -> None:
        for topic in topics.values():
            if topic in {*Topic, *Heads._fields, "id", "hash"}:
                raise ValueError(f"the log's head row has another column {topic}: a content type needs another plural")
        self.topics = dict(topics)
        self.content = frozenset(topics.values())
        self._due = [attrgetter(columns_of(topic)[2]) for topic in topics.values()]
        names = [*Heads._fields[:-1], *(name for topic in topics.values() for name in columns_of(topic)), "epoch"]
        # The class depends on the content types; mypy sees only the fields that every application has.
        self.heads = cast("type[Heads]", namedtuple("Heads", names))  # noqa: PYI024 - the names are values
        self.columns = _column_list(names)
        self._read = f"SELECT {self.columns} FROM {HEAD_TABLES} WHERE h.id = 1"  # noqa: S608 - names of our own

    def missing_columns(self) -> str | None:
        """What the head row lacks for the content types, in one sentence; None when it lacks nothing."""
        with rolled_back():
            there = {each["name"] for each in inspect(session.connection()).get_columns("change_head")}
        lacks = [name for topic in self.topics.values() for name in columns_of(topic) if name not in there]
        return f"The head row of the log lacks {', '.join(lacks)}: a content type has no migration." if lacks else None

    def next_due(self, heads: Heads) -> int:
        """The earliest scheduled moment of any content type that nobody has carried out (microseconds since 1970)."""
        moments: list[int] = [due(heads) for due in self._due]
        return min(moments)

    def read(self, reader: Reader) -> Heads:
        """The newest sequences now; one small SELECT."""
        return self.heads(*reader.numbers_and_word(self._read))


def log_head() -> LogHead:
    """The head row as the current application reads it."""
    found: LogHead = current_app.extensions[EXTENSION]
    return found
