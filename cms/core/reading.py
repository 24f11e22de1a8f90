"""Reads on the hot path: autocommit connections that are kept open, SQL compiled once, rows as plain tuples.

A transaction around two SELECTs doubles their cost on PostgreSQL, and building a statement costs more than running it, so
the delivery half builds the text of each shape of a query once and hands it to the driver.

The connections belong to the `Reader`, which lends one to each statement and closes them itself. None belongs to a thread: a
thread-local is destroyed while its thread ends, and a connection that was dropped there killed the whole process
(docs/decisions/0025-ends-of-threads.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from psycopg import ClientCursor
from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql import ClauseElement

from cms.core.database_errors import busy_or_full_answer, is_fault_of_disk, is_fault_of_statement
from cms.core.errors import Unavailable
from cms.core.postgres import broken_off_answer

_NAMED = re.compile(r":([a-z_]+[0-9]*)")

# Planning costs more than running a statement that reads one range of an index. Left alone, PostgreSQL plans it each time
# again as soon as it has statistics, because a plan for known values looks a little cheaper.
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"

Row = Sequence[Any]
Params = dict[str, Any]
Result = TypeVar("Result")


class OpenConnection:
    """A connection that is kept open: SQLAlchemy's, which gives it back to the pool, and the driver's, which is used."""

    __slots__ = ("driver", "pooled")

    def __init__(self, pooled: Connection) -> None:
        self.pooled = pooled
        self.driver: Any = pooled.connection.dbapi_connection

    def close(self) -> None:
        """Close it for good, and ignore errors of the server."""
        self.pooled.invalidate()
        self.pooled.close()


class Reader:
    """Runs read-only SQL on connections of its own: as many as there were statements at the same time.

    `on_statement` is called with the SQL of every statement (tests and `make bench` count them).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        # Open and not in use. `append` and `pop` of a list need no lock.
        self._idle: list[OpenConnection] = []
        self.on_statement: Callable[[str], None] | None = None

    @property
    def is_sqlite(self) -> bool:
        """True when the database is a file of this machine, with this machine's clock."""
        return self._is_sqlite

    def compile(self, statement: ClauseElement) -> str:
        """A SQLAlchemy statement as text with named parameters in the driver's style."""
        return str(statement.compile(dialect=named_dialect(self._engine.dialect)))

    def prepared(self, sql: str) -> str:
        """SQL with `:name` parameters, in the driver's style. It must contain no other colon or percent sign."""
        return sql if self._is_sqlite else _NAMED.sub(r"%(\1)s", sql)

    def rows(self, sql: str, params: Params, *, depends_on_values: bool = False, is_binary: bool = False) -> list[Row]:
        """All rows of one SELECT. A connection that the server closed is replaced once; then, and at once for a lock or a full disk, `Unavailable`.

        PostgreSQL plans a statement once; with `depends_on_values` it plans it anew for these values. `is_binary` asks it for values as
        they are in memory: bytes would come as twice as many letters.
        """
        if self.on_statement is not None:
            self.on_statement(sql)
        return self._tried_twice(self._fetch, sql, params, depends_on_values, is_binary)

    def plain_rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of one SELECT whose columns are whole numbers and texts: the reads that answer lists and details.

        On PostgreSQL it calls libpq directly (libpq.py).
        """
        if self.on_statement is not None:
            self.on_statement(sql)
        fetch = self._plain_of_sqlite if self._is_sqlite else self._plain_of_postgres
        return self._tried_twice(fetch, sql, params)

    def numbers_and_word(self, sql: str) -> Row:
        """The one row of a plain SELECT without parameters: the read that every request of a reader makes."""
        return self.plain_rows(sql, {})[0]

    def close_connections(self) -> None:
        """Close all that are not in use; the next statement opens a new one. For forks, shutdown and lost connections."""
        while self._idle:
            with suppress(IndexError):
                self._idle.pop().close()

    def _tried_twice(self, read: Callable[..., Result], *arguments: Any) -> Result:
        try:
            return self._lent_to(read, arguments)
        except self._outages() as error:
            self._check_outage(error)
            # When this one is lost (the server was restarted), the others are lost too.
            self.close_connections()
            # A caller that has waited long enough once does not wait again.
            if (broken_off := broken_off_answer(error)) is not None:
                raise broken_off from error
            try:
                return self._lent_to(read, arguments)
            except self._outages() as second:
                self._check_outage(second)
                raise broken_off_answer(second) or Unavailable(
                    "database_unavailable", headers={"Retry-After": "5"}
                ) from error

    @staticmethod
    def _check_outage(error: BaseException) -> None:
        """Raise what trying again, on a new connection, would only repeat: `Unavailable` for a lock or a full disk, a fault of the statement."""
        original = _of_driver(error)
        if (passing := busy_or_full_answer(original)) is not None:
            raise passing from error
        if is_fault_of_statement(original):
            raise error
        is_fault_of_disk(original)

    def _lent_to(self, read: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        """Lend a connection for one statement; one in an unknown state is closed instead of returned."""
        try:
            lent = self._idle.pop()
        except IndexError:
            lent = self._opened()
        try:
            found = read(lent, *arguments)
        except BaseException as error:
            if self._leaves_connection(error):
                self._idle.append(lent)
            else:
                lent.close()
            raise
        self._idle.append(lent)
        return found

    def _plain_of_sqlite(self, lent: OpenConnection, sql: str, params: Params) -> list[Row]:
        found: list[Row] = lent.driver.execute(sql, params).fetchall()
        return found

    def _plain_of_postgres(self, lent: OpenConnection, sql: str, params: Params) -> list[Row]:
        found: list[Row] = lent.driver.plain_rows(sql, params)
        return found

    def _fetch(self, lent: OpenConnection, sql: str, params: Params, with_values: bool, is_binary: bool) -> list[Row]:
        if self._is_sqlite:
            cursor = lent.driver.cursor()
        else:
            # A client cursor sends the values inside the statement, so that the planner sees them.
            cursor = ClientCursor(lent.driver) if with_values else lent.driver.cursor(binary=is_binary)
        try:
            cursor.execute(sql, params)
            found: list[Row] = cursor.fetchall()
            return found
        finally:
            cursor.close()

    def _opened(self) -> OpenConnection:
        opened = OpenConnection(self._engine.connect().execution_options(isolation_level="AUTOCOMMIT"))
        if not self._is_sqlite:
            opened.driver.execute(_PLAN_ONCE)
        return opened

    def _leaves_connection(self, error: BaseException) -> bool:
        """True when the connection is in a known state after the error."""
        if not isinstance(error, self._outages()):
            return isinstance(error, Exception)
        original = _of_driver(error)
        return busy_or_full_answer(original) is not None or is_fault_of_statement(original)

    def _outages(self) -> tuple[type[BaseException], ...]:
        driver = self._engine.dialect.loaded_dbapi
        return (driver.OperationalError, driver.InterfaceError, OperationalError, PoolTimeout)


def _of_driver(error: BaseException) -> BaseException:
    return getattr(error, "orig", None) or error


def named_dialect(dialect: Dialect) -> Dialect:
    """The dialect with named parameters, so that both drivers take one dict: SQLite's has others by default."""
    return type(dialect)(paramstyle="named") if dialect.name == "sqlite" else dialect  # type: ignore[call-arg]
