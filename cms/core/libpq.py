"""Calls libpq directly for one statement: the positions of the log, which every delivery request reads first that is computed.

A cursor of psycopg costs more than the server that it asks: the answer is found, its types are looked up, rows are made. Here one
prepared statement without parameters is sent and its one row read: integers, and a text at the end. Waits are bounded like those
of every other statement (postgres.py). The scenario that shows it: `list_uncached` of `make bench` on PostgreSQL;
`heads` of `python -m bench.shortcuts` measures it alone.
"""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from cms.core.bulkhead import PATIENCE_SECONDS, Wait
from cms.core.postgres import BoundedConnection, BrokenOffError, go_on

_NAME: Final = b"simpul_numbers"
_GOOD: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class ShortReadConnection(BoundedConnection):
    """A connection that can also read one row of numbers and a word directly through libpq."""

    _prepared_numbers: str | None = None

    def numbers_and_word(self, sql: str) -> Sequence[Any]:
        """The one row of a SELECT without parameters. Raises `BrokenOffError`, `OperationalError`."""
        if self._prepared_numbers != sql:
            self.check()
            self.pgconn.send_prepare(_NAME, sql.encode())
            self._answer()
            self._prepared_numbers = sql
        self.check()
        self.pgconn.send_query_prepared(_NAME, None)
        result = self._answer()
        *numbers, word = (result.get_value(0, column) or b"" for column in range(result.nfields))
        return [*(int(number) for number in numbers), word.decode()]

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
            raise psycopg.OperationalError(pgconn.get_error_message())
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
