"""A compiled statement writes what SQLAlchemy would have written, and fails as it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, String, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from cms.core.compiled import CompiledStatement, insert_for
from cms.core.db import session
from cms.core.raw_columns import converters_of
from cms.core.types import EpochMicros, Json, UTCDateTime

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("word", String(20), unique=True),
    Column("said_at", UTCDateTime),
    Column("sorted_at", EpochMicros),
    Column("facts", Json),
    Column("is_true", Boolean),
)
MOMENT = datetime(2026, 11, 24, 9, 0, 0, 7, tzinfo=timezone(timedelta(hours=8)))
ROW: dict[str, Any] = {
    "id": 1,
    "word": "100 % benar: ya",
    "said_at": MOMENT,
    "sorted_at": MOMENT,
    "facts": {"a": ["é", None]},
    "is_true": True,
}
EMPTY: dict[str, Any] = {**dict.fromkeys(ROW), "id": 2}
INSERT = CompiledStatement(insert(THINGS), THINGS.c.keys())


@pytest.fixture
def connection(context: None) -> Iterator[Connection]:
    """A connection with the empty table, in a transaction that is undone."""
    found = session.connection()
    THINGS.create(found)
    yield found
    session.rollback()


def rows(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(THINGS).order_by(THINGS.c.id)).mappings()]


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "together"])
def test_values_are_stored_as_sqlalchemy_stores_them(connection: Connection, *, together: bool) -> None:
    if together:
        INSERT.run(connection, [ROW, EMPTY])
    else:
        INSERT.run(connection, ROW)
        INSERT.run(connection, EMPTY)
    compiled = rows(connection)
    connection.execute(THINGS.delete())
    connection.execute(insert(THINGS), [ROW, EMPTY])

    assert compiled == rows(connection)
    assert compiled[0] == {**ROW, "said_at": MOMENT.astimezone(UTC), "sorted_at": MOMENT.astimezone(UTC)}
    # A JSON column that is empty is NULL, not the word null.
    assert connection.execute(select(THINGS.c.id).where(THINGS.c.facts.is_(None))).scalars().all() == [2]


def test_results_are_the_drivers_and_convertible(connection: Connection) -> None:
    INSERT.run(connection, [ROW, EMPTY])
    read = CompiledStatement(select(THINGS).where(THINGS.c.id == bindparam("wanted")))
    columns = converters_of(THINGS)

    found = [
        {
            name: convert(raw)
            for (name, convert), raw in zip(columns, read.run(connection, {"wanted": id_}).one(), strict=True)
        }
        for id_ in (1, 2)
    ]

    assert found == rows(connection)


def test_values_of_the_statement_itself_stay(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    forget = CompiledStatement(
        update(THINGS).where(THINGS.c.word == "100 % benar: ya").values(said_at=None, sorted_at=MOMENT, word=bindparam("new"))
        .returning(THINGS.c.id)
    )  # fmt: skip

    assert forget.run(connection, {"new": "lain"}).scalar_one() == 1
    assert forget.run(connection, {"new": "lagi"}).all() == []
    assert [(row["word"], row["said_at"], row["sorted_at"]) for row in rows(connection)] == [
        ("lain", None, MOMENT.astimezone(UTC))
    ]


def test_a_statement_may_differ_by_database_and_use_a_value_twice(connection: Connection) -> None:
    at = {"said_at": bindparam("at", type_=THINGS.c.said_at.type)}
    kept = CompiledStatement(
        lambda dialect: (
            insert_for(dialect, THINGS)
            .values({"id": bindparam("number"), **at})
            .on_conflict_do_update(index_elements=[THINGS.c.id], set_={**at, "word": "lagi"})
        )
    )

    kept.run(connection, {"number": 1, "at": MOMENT})
    assert rows(connection) == [{**dict.fromkeys(ROW), "id": 1, "said_at": MOMENT.astimezone(UTC)}]
    kept.run(connection, {"number": 1, "at": MOMENT + timedelta(days=1)})
    assert rows(connection)[0]["said_at"] == MOMENT.astimezone(UTC) + timedelta(days=1)
    assert rows(connection)[0]["word"] == "lagi"


def test_errors_are_those_of_sqlalchemy(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    with pytest.raises(IntegrityError):
        INSERT.run(connection, {**ROW, "id": 3})
    with pytest.raises(TypeError, match="without time zone"):
        INSERT.run(connection, {**ROW, "id": 4, "said_at": datetime(2026, 1, 1)})  # noqa: DTZ001 - what is refused


def test_a_forgotten_value_is_an_error(connection: Connection) -> None:
    with pytest.raises(KeyError):
        INSERT.run(connection, {"id": 5})
