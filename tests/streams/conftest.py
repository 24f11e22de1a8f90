"""The server of streams on a thread of the test, with real sockets, on the database of `app`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from cms.cli.listening import listening_socket
from cms.streams.server import StreamsServer
from tests.factories import add_agencies
from tests.people import Caller, People
from tests.streams.readers import Reader

Open = Callable[..., Reader]


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    add_agencies(app, "dishub")
    return people.website()


@contextmanager
def serving(app: Flask, **settings: Any) -> Iterator[int]:
    """The port of a server with these settings."""
    own = app.extensions["simpul"]
    server = StreamsServer(app, replace(own.settings, **settings))
    loop, is_ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()
    listener = listening_socket("127.0.0.1", 0)
    listener.listen(100)

    def run() -> None:
        loop.call_soon(is_ready.set)
        loop.run_until_complete(server.serve(listener, stop))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    is_ready.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        listener.close()
        own.reader.close_connections()


@pytest.fixture
def port(app: Flask, city: None) -> Iterator[int]:
    with serving(app) as found:
        yield found


@contextmanager
def opening(port: int) -> Iterator[Open]:
    """Opens streams there, and closes them at the end."""
    opened: list[Reader] = []

    def open_one(token: str | None, query: str = "", **headers: str) -> Reader:
        reader = Reader(port, token, f"/v1/changes/stream{query}", {k.replace("_", "-"): v for k, v in headers.items()})
        opened.append(reader)
        return reader if reader.status != 200 else reader.greeted()

    try:
        yield open_one
    finally:
        for reader in opened:
            reader.close()


@pytest.fixture
def streams(port: int) -> Iterator[Open]:
    with opening(port) as found:
        yield found
