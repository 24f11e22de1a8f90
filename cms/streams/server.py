"""The server in which requests wait. One event loop; the application is asked on a few threads."""

from __future__ import annotations

import asyncio
import signal
import socket  # noqa: TID251 - of our own server
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from flask import Flask

from cms.cli.listening import listening_socket
from cms.core.logging import get_logger
from cms.core.metrics import STREAMS_REFUSED
from cms.core.runtime import Runtime
from cms.streams.asking import Answer, ask, busy_answer
from cms.streams.connection import Connection, Head
from cms.streams.listening import listen
from cms.streams.rounds import Rounds
from cms.streams.waiters import Stream, Waiter
from cms.streams.watch import Watch
from cms.sync.waiting import Opening, Places, Subscription
from config import Settings

log = get_logger(__name__)

SQLITE_SECONDS, POSTGRES_SECONDS = 0.1, 0.5
"""Between two looks at the log: SQLite tells nobody, a look costs some 30 microseconds there."""
MOST_ASKING: Final = 128
"""Requests that may wait for a thread; the next ones are refused unseen, so that a crowd that comes back does not pile up."""
MORE_CONNECTIONS: Final = 256
"""Beside those that wait: connections whose request has not come yet, and those that are refused."""
GRACE_SECONDS: Final = 5.0
BACKLOG: Final = 1_024


class StreamsServer:
    """Answers `/v1/changes` with `wait`, and `/v1/changes/stream`."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        own: Runtime = app.extensions["simpul"]
        self._app, self._settings = app, settings
        self._places = Places(settings.streams_most, settings.streams_per_key)
        interval = SQLITE_SECONDS if settings.uses_sqlite else POSTGRES_SECONDS
        self._rounds = Rounds(Watch(app), own.bulkhead, interval)
        # As many as the places of the bulkhead are made for.
        self._threads = ThreadPoolExecutor(settings.web_threads, "asking")
        self._busy = busy_answer(app)
        self._asking = 0
        self._connections: set[asyncio.Task[None]] = set()
        self._is_ending = False

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        with listening_socket(self._settings.host, self._settings.streams_port) as listener:
            await self.serve(listener, stop)

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Serve until `stop` is set: then streams end, long polls are answered, and clients come back to whoever runs then."""
        background = [asyncio.create_task(work) for work in self._background()]
        server = await asyncio.start_server(self._connected, sock=listener, backlog=BACKLOG)
        log.info("streams_started", port=listener.getsockname()[1])
        await stop.wait()
        self._is_ending = True
        server.close()
        self._rounds.end_all()
        if self._connections:
            await asyncio.wait(self._connections, timeout=GRACE_SECONDS)
        for task in (*background, *self._connections):
            task.cancel()
        await asyncio.gather(*background, *self._connections, return_exceptions=True)
        self._threads.shutdown()
        self._rounds.close()
        log.info("streams_stopped")

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        found: list[Coroutine[Any, Any, None]] = [self._rounds.run(), self._rounds.tick()]
        if not self._settings.uses_sqlite:
            found.append(listen(self._settings.database_url, self._rounds.wake))
        return found

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        connection = Connection(reader, writer)
        self._connections.add(task)
        try:
            if len(self._connections) > self._settings.streams_most + MORE_CONNECTIONS:
                STREAMS_REFUSED.labels("connections").inc()
                connection.abort()
            else:
                await self._talk(connection)
        except (ConnectionError, TimeoutError):
            # Gone, or silent.
            connection.abort()
        except Exception:
            log.exception("streams_connection_failed")
            connection.abort()
        finally:
            self._connections.discard(task)
            connection.close()

    async def _talk(self, connection: Connection) -> None:
        """Request after request on one connection."""
        head = await connection.next_head()
        while head is not None:
            opening = Opening(self._places)
            answer = await self._asked(head, opening)
            try:
                await self._answered(connection, head, answer, opening.subscription)
            finally:
                if opening.subscription is not None:
                    self._places.give_back(opening.subscription.name)
            if self._is_ending or not connection.may_go_on():
                return
            head = await connection.next_head()

    async def _answered(
        self, connection: Connection, head: Head, answer: Answer, subscription: Subscription | None
    ) -> None:
        if subscription is not None and subscription.wait is None:
            connection.begin(answer.status, answer.headers)
            await self._wait(connection, Stream(subscription, connection), None)
            connection.end()
            return
        if subscription is not None:
            await self._wait(connection, Waiter(subscription), subscription.wait)
            if connection.is_lost:
                raise ConnectionError
            answer = await self._asked(head, Opening(None))
        is_last = self._is_ending or head.has_body or connection.is_last
        await connection.send(answer.status, answer.headers, answer.body, is_last=is_last)

    async def _wait(self, connection: Connection, waiter: Waiter, seconds: float | None) -> None:
        """Until the waiter has ended, its time is over, or the other side is gone."""
        gone, ended = (
            asyncio.create_task(connection.gone(drops=seconds is not None)),
            asyncio.create_task(waiter.ended.wait()),
        )
        self._rounds.add(waiter)
        if self._is_ending:
            waiter.end()
        try:
            await asyncio.wait({gone, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._rounds.remove(waiter)
            for task in (gone, ended):
                task.cancel()
            # A reader that is being read cannot be read for the next request.
            with suppress(asyncio.CancelledError):
                await gone

    async def _asked(self, head: Head, opening: Opening) -> Answer:
        if self._asking >= MOST_ASKING:
            STREAMS_REFUSED.labels("asking").inc()
            return self._busy
        self._asking += 1
        try:
            work: Callable[[], Answer] = lambda: ask(self._app, head, opening)  # noqa: E731 - handed to a thread
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._asking -= 1


def run_streams(app: Flask) -> None:
    """Run the server of this process until it is told to stop."""
    asyncio.run(StreamsServer(app, app.extensions["simpul"].settings).run())
