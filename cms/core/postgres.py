"""Connections to PostgreSQL that never block the last thread: a long wait for the server needs a place of the bulkhead.

libpq itself waits for ever when the network swallows what is sent, and the server's own time-outs are of no use then. Here a
statement that the server has not answered in SILENCE_SECONDS ends the connection; so does a wait that finds no place.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from cms.core.bulkhead import PATIENCE_SECONDS, Bulkhead, Kind, Wait, refusal
from cms.core.errors import Unavailable

Result = TypeVar("Result")
CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS, LOCK_SECONDS = 10, 8
# A working server ends each statement sooner by its own time-outs.
SILENCE_SECONDS: Final = STATEMENT_SECONDS + 5
OPTIONS: Final = (
    f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c lock_timeout={LOCK_SECONDS * 1000}"
    " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
    # A statement whose client has gone away releases its locks.
    " -c client_connection_check_interval=1000"
)
# The kernel ends a connection whose other side does not acknowledge: after 10 s of what was sent, 25 s of silence.
KEEPALIVE: Final = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class BrokenOffError(psycopg.OperationalError):
    """A wait for the server was broken off and its connection closed; `answer` is the error for the caller."""

    def __init__(self, answer: Unavailable) -> None:
        super().__init__(f"the wait for the database was broken off: {answer.code}")
        self.answer = answer


def broken_off_answer(error: BaseException) -> Unavailable | None:
    """The error for the caller when a wait was broken off, however it is wrapped; None for every other error."""
    original = getattr(error, "orig", error)
    return original.answer if isinstance(original, BrokenOffError) else None


class BoundedConnection(psycopg.Connection[Any]):
    """A connection whose waits are bounded by the bulkhead of its class (see `bounded_by`)."""

    bulkhead: Bulkhead
    kind = Kind.READ
    """The kind of wait of its present transaction."""
    silence_seconds: float = SILENCE_SECONDS
    """How long the server may take for one statement."""

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Any:
        return _bounded(super()._connect_gen(conninfo), Wait(cls.bulkhead, cls.kind), CONNECT_SECONDS)

    def wait(self, gen: Any, interval: float = PATIENCE_SECONDS, timeout: float | None = None) -> Any:
        """Wait for the server. Raises `BrokenOffError`."""
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            self.check()
        waiting = Wait(self.bulkhead, self.kind)
        try:
            return super().wait(_bounded(gen, waiting, self.silence_seconds), PATIENCE_SECONDS, timeout)
        except BrokenOffError:
            self.close()
            raise
        finally:
            waiting.end()

    def check(self) -> None:
        """Close this connection when too many threads wait already. Raises `BrokenOffError`."""
        try:
            self.bulkhead.check(self.kind)
        except Unavailable as refused:
            self.close()
            raise BrokenOffError(refused) from None


def bounded_by(bulkhead: Bulkhead, base: type[BoundedConnection] = BoundedConnection) -> type[BoundedConnection]:
    """The class of connections that share these places."""
    return type("BoundedConnection", (base,), {"bulkhead": bulkhead})


def _bounded(steps: Any, waiting: Wait, longest: float) -> Generator[Any, Any, Any]:
    """The steps of psycopg's wait; a 0 tells it that no answer has come yet."""
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if not ready:
                go_on(waiting, longest)
            wanted = steps.send(ready)
    except StopIteration as ended:
        return ended.value
    finally:
        waiting.end()


def go_on(waiting: Wait, longest: float) -> None:
    """One more poll without an answer. Raises `BrokenOffError` when it has taken too long, or there is no place to wait."""
    if waiting.seconds >= longest:
        raise BrokenOffError(refusal(Kind.READ))
    try:
        waiting.go_on()
    except Unavailable as refused:
        raise BrokenOffError(refused) from None
