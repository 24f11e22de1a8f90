"""The connections of the reader: lent to one statement at a time, kept open, closed when one of them was lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pysqlite3
import pytest
from flask import Flask
from psycopg import DataError, ProgrammingError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cms.changes.heads import EXTENSION, LogHead, read_heads
from cms.core.db import db
from cms.core.errors import Unavailable
from cms.core.libpq import MOST_PREPARED
from cms.core.reading import OpenConnection, Reader


@pytest.fixture
def reader(app: Flask) -> Reader:
    own: Reader = app.extensions["simpul"].reader
    own.close_connections()
    return own


def test_one_connection_serves_many_threads_that_come_one_after_the_other(reader: Reader) -> None:
    for _ in range(5):
        thread = threading.Thread(target=reader.rows, args=("SELECT 1", {}))
        thread.start()
        thread.join()
    assert len(reader._idle) == 1


def test_statements_at_the_same_time_have_connections_of_their_own(reader: Reader) -> None:
    readers = 4
    together = threading.Barrier(readers, timeout=20)

    def read(number: int) -> object:
        # All have begun before any of them goes on.
        return reader._lent_to(
            lambda lent: (together.wait(), lent.driver.execute(f"SELECT {number}").fetchone())[1], ()
        )

    with ThreadPoolExecutor(readers) as threads:
        assert [tuple(row) for row in threads.map(read, range(readers))] == [(number,) for number in range(readers)]
    assert len(reader._idle) == readers


def test_a_statement_with_a_fault_costs_no_connection(reader: Reader) -> None:
    reader.rows("SELECT 1", {})
    (kept,) = reader._idle
    with pytest.raises(TypeError):
        reader._tried_twice(lambda _lent: 1 + "1")  # type: ignore[operator]
    assert reader._idle == [kept]


def test_all_are_replaced_when_the_server_has_closed_them(app: Flask, reader: Reader) -> None:
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has no server that could close connections")
    for _ in range(3):
        reader._idle.append(reader._opened())
    pids = [lent.driver.info.backend_pid for lent in reader._idle]
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(:pids) AS pid"), {"pids": pids})
    assert list(reader.numbers_and_word("SELECT 1, 'a'")) == [1, "a"]
    assert len(reader._idle) == 1
    assert reader.rows("SELECT 2", {}) == [(2,)]
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": reader._idle[0].driver.info.backend_pid})
    assert list(map(list, reader.plain_rows("SELECT 3", {}))) == [[3]]


def test_plain_rows_are_the_rows(reader: Reader) -> None:
    sql = reader.prepared("SELECT :word AS word, n.number, n.number + :more, n.empty FROM (SELECT 7 AS number, NULL AS empty) n WHERE n.number = :seven OR :word = :word")  # fmt: skip
    for word in ("Jalan ditutup", "", "é 水 %s", "'; DROP TABLE posts; --"):
        params = {"word": word, "more": 2**40, "seven": 7}
        assert list(map(tuple, reader.plain_rows(sql, params))) == [(word, 7, 7 + 2**40, None)]
        assert list(map(tuple, reader.rows(sql, params))) == [(word, 7, 7 + 2**40, None)]
    assert reader.plain_rows(reader.prepared("SELECT 1 WHERE 1 = :one"), {"one": 2}) == []


def test_more_plain_statements_than_a_connection_keeps(reader: Reader) -> None:
    for number in [*range(MOST_PREPARED + 20), 0, 1]:
        sql = reader.prepared(f"SELECT {number} + :one")
        assert list(map(list, reader.plain_rows(sql, {"one": 1}))) == [[number + 1]]
    assert len(reader._idle) == 1


OF_SQLITE = pytest.mark.only_on(
    "sqlite", reason="PostgreSQL tells locks, faults of statements and lost connections apart by itself"
)


def two_idle(reader: Reader) -> list[OpenConnection]:
    reader._idle += [reader._opened(), reader._opened()]
    return list(reader._idle)


@OF_SQLITE
@pytest.mark.parametrize(
    ("first", "sql", "code"),
    [
        ("PRAGMA busy_timeout=0", "BEGIN IMMEDIATE", "busy"),
        ("PRAGMA max_page_count=1", "CREATE TABLE more AS SELECT zeroblob(10000000) AS empty", "storage_full"),
    ],
)
def test_a_lock_and_a_full_disk_of_sqlite_are_told_at_once_and_cost_no_connection(
    app: Flask, reader: Reader, first: str, sql: str, code: str
) -> None:
    idle, tries = two_idle(reader), list[str]()
    with app.app_context(), db.engine.connect() as other:
        other.exec_driver_sql("ROLLBACK")
        if code == "busy":
            other.exec_driver_sql("BEGIN IMMEDIATE")

        def read(lent: OpenConnection) -> object:
            lent.driver.execute(first)
            tries.append(sql)
            return lent.driver.execute(sql)

        with pytest.raises(Unavailable) as refused:
            reader._tried_twice(read)
    assert refused.value.code == code
    assert len(tries) == 1
    assert reader._idle == idle
    reader.close_connections()


@OF_SQLITE
@pytest.mark.parametrize("sql", ["SELECT 1 FROM nowhere", "SELECT no_column", "SELECT CAST(x'ff' AS TEXT)"])
def test_a_statement_that_sqlite_refuses_is_a_fault_of_ours_and_costs_no_connection(reader: Reader, sql: str) -> None:
    idle = two_idle(reader)
    for read in (reader.rows, reader.plain_rows):
        with pytest.raises(pysqlite3.OperationalError):
            read(sql, {})
    assert reader._idle == idle


@OF_SQLITE
def test_a_file_that_sqlite_cannot_open_is_an_outage_and_all_connections_are_opened_anew(reader: Reader) -> None:
    idle, tries = two_idle(reader), list[OpenConnection]()

    def read(lent: OpenConnection) -> object:
        tries.append(lent)
        return lent.driver.execute("ATTACH '/nowhere/at/all.db' AS other")

    with pytest.raises(Unavailable) as refused:
        reader._tried_twice(read)
    assert refused.value.code == "database_unavailable"
    assert tries[0] in idle
    assert len(tries) == 2
    assert tries[1] not in idle
    assert reader._idle == []


@pytest.mark.only_on("postgresql", reason="SQLite has no time for a statement")
def test_a_statement_whose_time_is_up_is_not_tried_again(reader: Reader) -> None:
    idle, tries = two_idle(reader), list[str]()

    def read(lent: OpenConnection) -> object:
        tries.append("pg_sleep")
        lent.driver.execute("SET statement_timeout = 50")
        return lent.driver.execute("SELECT pg_sleep(20)")

    with pytest.raises(Unavailable) as refused:
        reader._tried_twice(read)
    assert refused.value.code == "busy"
    assert len(tries) == 1
    assert reader._idle == idle
    reader.close_connections()


@pytest.mark.only_on("postgresql", reason="SQLite calls them errors of the connection: see above")
def test_a_plain_statement_that_is_refused_costs_no_connection(reader: Reader) -> None:
    reader.plain_rows("SELECT 1", {})
    (kept,) = reader._idle
    with pytest.raises(ProgrammingError, match="nowhere"):
        reader.plain_rows("SELECT 1 FROM nowhere", {})
    with pytest.raises(DataError, match="NUL"):
        reader.plain_rows(reader.prepared("SELECT 1 WHERE :word = 'a'"), {"word": "a\0b"})
    assert list(map(list, reader.plain_rows("SELECT 2", {}))) == [[2]]
    assert reader._idle == [kept]


def test_two_reads_of_the_heads_share_a_connection(app: Flask, reader: Reader) -> None:
    """Those of readers and those of a browser's preflight are different statements."""
    head: LogHead = app.extensions[EXTENSION]
    for _ in range(2):
        assert read_heads(reader).sequence == head.read(reader).sequence
        (kept,) = reader._idle
    assert reader._idle == [kept]


def test_closing_leaves_none_open(app: Flask, reader: Reader) -> None:
    with app.app_context():
        before = db.engine.pool.checkedout()  # type: ignore[attr-defined]
        reader.rows("SELECT 1", {})
        assert db.engine.pool.checkedout() == before + 1  # type: ignore[attr-defined]
        reader.close_connections()
        assert db.engine.pool.checkedout() == before  # type: ignore[attr-defined]
    with pytest.raises(SQLAlchemyError):
        reader._tried_twice(_fail)


def _fail(_lent: object) -> None:
    raise SQLAlchemyError("of another kind than a lost connection")
