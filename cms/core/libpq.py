"""Calls libpq directly for the statements that answer readers: the positions of the log, a page of a list, a detail.

A cursor of psycopg costs more than the server that it asks: the answer is found, its types are looked up, rows are made. Here a
prepared statement is sent and its rows are read, which are made of whole numbers and texts alone. Waits are bounded like those
of every other statement (postgres.py). The scenarios that show it: `list_uncached` and `detail` of `make bench` on
PostgreSQL; `heads` and `rows` of `python -m bench.shortcuts` measure it alone.
"""

from __future__ import annotations

import re
import select
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from cms.core.bulkhead import PATIENCE_SECONDS, Wait
from cms.core.postgres import BoundedConnection, BrokenOffError, go_on

_GOOD: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_NAMED: Final = re.compile(r"%\(([a-z_]+[0-9]*)\)s")
_BIGINT, _UNSAID = 20, 0
_WHOLE_NUMBERS: Final = frozenset({20, 21, 23})
"""The types (pg_type.oid) of bigint, smallint and integer."""
MOST_PREPARED: Final = 100
"""Statements that a connection keeps prepared: clients choose how many words a filter has."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement that the server knows: its name, its parameters in their order, and for each column what reads it."""

    name: bytes
    params: tuple[str, ...]
    readers: Sequence[Callable[[bytes], Any]]


class ShortReadConnection(BoundedConnection):
    """A connection that can also read rows of numbers and texts directly through libpq."""

    _number: int = 0

    def plain_rows(self, sql: str, params: Mapping[str, int | str]) -> list[list[Any]]:
        """The rows of a SELECT whose columns are whole numbers and texts; `sql` has psycopg's named parameters. Raises `BrokenOffError`
        and the errors of psycopg.
        """
        prepared = self._statements.get(sql) or self._learn(sql, params)
        self._statements.move_to_end(sql)
        values = [str(params[name]).encode() for name in prepared.params]
        if b"\0" in b"".join(values):
            # libpq takes it for the end of the value.
            raise psycopg.DataError("a value holds the character NUL")
        self.check()
        self.pgconn.send_query_prepared(prepared.name, values)
        result = self._answer()
        get, columns = result.get_value, list(enumerate(prepared.readers))
        return [
            [None if (value := get(row, column)) is None else read(value) for column, read in columns]
            for row in range(result.ntuples)
        ]

    def _learn(self, sql: str, params: Mapping[str, int | str]) -> _Prepared:
        """Have the server prepare a statement; the one that was not used for the longest time goes when there are too many."""
        if len(self._statements) >= MOST_PREPARED:
            _, oldest = self._statements.popitem(last=False)
            self._sent(lambda: self.pgconn.send_query(b"DEALLOCATE " + oldest.name))
        names = tuple(dict.fromkeys(_NAMED.findall(sql)))
        text = _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
        types = [_BIGINT if isinstance(params[name], int) else _UNSAID for name in names]
        self._number += 1
        name = b"simpul_%d" % self._number
        self._sent(lambda: self.pgconn.send_prepare(name, text.encode(), types))
        shape = self._sent(lambda: self.pgconn.send_describe_prepared(name))
        readers: list[Callable[[bytes], Any]] = [
            int if shape.ftype(column) in _WHOLE_NUMBERS else bytes.decode for column in range(shape.nfields)
        ]
        prepared = self._statements[sql] = _Prepared(name, names, readers)
        return prepared

    @property
    def _statements(self) -> OrderedDict[str, _Prepared]:
        found: OrderedDict[str, _Prepared] | None = self.__dict__.get("_kept_statements")
        if found is None:
            found = self.__dict__["_kept_statements"] = OrderedDict[str, _Prepared]()
        return found

    def _sent(self, send: Callable[[], None]) -> PGresult:
        self.check()
        send()
        return self._answer()

    def _answer(self) -> PGresult:
        pgconn = self.pgconn
        if pgconn.flush() or not self._poller.poll(1_000 * PATIENCE_SECONDS):
            self._wait_for_answer()
        pgconn.consume_input()
        while pgconn.is_busy():
            self._wait_for_answer()
            pgconn.consume_input()
        result = pgconn.get_result()
        while (more := pgconn.get_result()) is not None:
            result = more
        if result is None or result.status not in _GOOD:
            raise _error_of(result)(pgconn.get_error_message())
        return result

    @property
    def _poller(self) -> select.poll:
        found: select.poll | None = self.__dict__.get("_kept_poller")
        if found is None:
            found = self._kept_poller = select.poll()
            found.register(self.pgconn.socket, select.POLLIN)
        return found

    def _wait_for_answer(self) -> None:
        waiting = Wait(self.bulkhead, self.kind)
        try:
            while self.pgconn.flush() or not self._poller.poll(1_000 * PATIENCE_SECONDS):
                go_on(waiting, self.silence_seconds)
        except BrokenOffError:
            self.close()
            raise
        finally:
            waiting.end()


def _error_of(result: PGresult | None) -> type[psycopg.Error]:
    """The class of psycopg for what the server has refused; a connection that ended has no code."""
    code = result and result.error_field(DiagnosticField.SQLSTATE)
    try:
        return psycopg.errors.lookup(code.decode()) if code else psycopg.OperationalError
    except KeyError:
        return psycopg.OperationalError
