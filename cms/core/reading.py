"""Reads on the hot path: one autocommit connection per thread, SQL compiled once, rows as plain tuples.

A transaction around two SELECTs doubles their cost on PostgreSQL, and building a statement costs more than running it,
so the delivery half builds the text of each shape of a query once and hands it to the driver.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

from psycopg import ClientCursor
from psycopg.pq import ExecStatus
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql import ClauseElement

from cms.core.errors import Unavailable

_NAMED = re.compile(r":([a-z_]+[0-9]*)")

_PREPARED_NAME = b"simpul_numbers"
# Planning costs more than running a statement that reads one range of an index. Left alone, PostgreSQL plans it each time
# again as soon as it has statistics, because a plan for known values looks a little cheaper.
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
_GOOD = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)

Row = Sequence[Any]
Params = dict[str, Any]


class Reader:
    """Runs read-only SQL on connections that belong to one thread each and are kept open.

    `on_statement` is called with the SQL of every statement (tests and `make bench` count them).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = threading.local()
        self._is_sqlite = engine.dialect.name == "sqlite"
        self.on_statement: Callable[[str], None] | None = None

    def compile(self, statement: ClauseElement) -> str:
        """A SQLAlchemy statement as text with named parameters in the driver's style."""
        dialect = _named_sqlite(self._engine) if self._is_sqlite else self._engine.dialect
        return str(statement.compile(dialect=dialect))

    def prepared(self, sql: str) -> str:
        """SQL with `:name` parameters, in the driver's style. No other colon or percent sign may stand in it."""
        return sql if self._is_sqlite else _NAMED.sub(r"%(\1)s", sql)

    def rows(self, sql: str, params: Params, *, depends_on_values: bool = False) -> list[Row]:
        """All rows of one SELECT. A connection that the server closed is replaced once; then `Unavailable`.

        PostgreSQL plans a statement once; with `depends_on_values` it plans it anew for these values.
        """
        if self.on_statement is not None:
            self.on_statement(sql)
        try:
            return self._fetch(sql, params, depends_on_values=depends_on_values)
        except self._lost_connection() as error:
            self.forget_connection()
            try:
                return self._fetch(sql, params, depends_on_values=depends_on_values)
            except self._lost_connection():
                raise Unavailable("database_unavailable", headers={"Retry-After": "5"}) from error

    def numbers(self, sql: str) -> Sequence[int]:
        """The integers of the one row of a SELECT without parameters: the read that every delivery request makes.

        On PostgreSQL it goes to libpq directly, as a prepared statement: psycopg's cursor would cost more than the server.
        """
        if self.on_statement is not None:
            self.on_statement(sql)
        fetch = self._numbers_of_sqlite if self._is_sqlite else self._numbers_of_postgres
        try:
            return fetch(sql)
        except self._lost_connection() as error:
            self.forget_connection()
            try:
                return fetch(sql)
            except self._lost_connection():
                raise Unavailable("database_unavailable", headers={"Retry-After": "5"}) from error

    def _numbers_of_sqlite(self, sql: str) -> Sequence[int]:
        row: Sequence[int] = self._connection().execute(sql).fetchone()
        return row

    def _numbers_of_postgres(self, sql: str) -> Sequence[int]:
        pgconn = self._connection().pgconn
        if self._threads.prepared != sql:
            self._checked(pgconn, pgconn.prepare(_PREPARED_NAME, sql.encode()))
            self._threads.prepared = sql
        result = self._checked(pgconn, pgconn.exec_prepared(_PREPARED_NAME, None))
        return [int(result.get_value(0, column)) for column in range(result.nfields)]

    def _checked(self, pgconn: Any, result: Any) -> Any:
        if result.status not in _GOOD:
            raise self._engine.dialect.loaded_dbapi.OperationalError(pgconn.get_error_message())
        return result

    def forget_connection(self) -> None:
        """Close this thread's connection; the next read opens a new one."""
        held = getattr(self._threads, "held", None)
        if held is not None:
            self._threads.held = None
            held.invalidate()
            held.close()

    def _fetch(self, sql: str, params: Params, *, depends_on_values: bool) -> list[Row]:
        cursor = self._cursor(with_values=depends_on_values)
        try:
            cursor.execute(sql, params)
            found: list[Row] = cursor.fetchall()
            return found
        finally:
            cursor.close()

    def _cursor(self, *, with_values: bool) -> Any:
        connection = self._connection()
        # Sends the values inside the statement, so that the planner sees them.
        return connection.cursor() if self._is_sqlite or not with_values else ClientCursor(connection)

    def _connection(self) -> Any:
        """The driver's connection of this thread."""
        held = getattr(self._threads, "held", None)
        if held is None:
            held = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._threads.held = held
            self._threads.driver = held.connection.dbapi_connection
            self._threads.prepared = None
            if not self._is_sqlite:
                self._threads.driver.execute(_PLAN_ONCE)
        return self._threads.driver

    def _lost_connection(self) -> tuple[type[BaseException], ...]:
        driver = self._engine.dialect.loaded_dbapi
        return (driver.OperationalError, driver.InterfaceError, OperationalError, PoolTimeout)


def _named_sqlite(engine: Engine) -> Any:
    """SQLite's dialect with `:name` parameters, so that both drivers take one dict."""
    return type(engine.dialect)(paramstyle="named")  # type: ignore[call-arg]
