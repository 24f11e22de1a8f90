"""One connection of a reader: HTTP/1.1 by h11, bounded in time and bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import h11
from werkzeug.http import http_date

HEAD_SECONDS: Final = 10.0
"""In which a whole head arrives, and for which a connection stays open without a request."""
DRAIN_SECONDS: Final = 30.0
LONGEST_HEAD: Final = 49_152
"""Bytes; more than what the application takes (cms/core/http/request_head.py), so that it can say why it refuses."""
READ_BYTES: Final = 16_384
CLOSING: Final = ("Connection", "close")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request. Names of headers are in small letters."""

    method: str
    path: str
    query: str
    version: str
    headers: Sequence[tuple[str, str]]
    has_body: bool
    address: str


class Connection:
    """Reads heads and sends answers. Every method that waits raises `TimeoutError` and `ConnectionError`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        peer = writer.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._sent, self._dropped = 0, 0

    async def next_head(self) -> Head | None:
        """The next request; None when the other side has ended, or says what is no HTTP."""
        async with asyncio.timeout(HEAD_SECONDS):
            while True:
                try:
                    event = self._http.next_event()
                except h11.RemoteProtocolError as error:
                    await self._refuse(error.error_status_hint)
                    return None
                if isinstance(event, h11.Request):
                    return self._head(event)
                if event is not h11.NEED_DATA:
                    return None
                self._http.receive_data(await self._reader.read(READ_BYTES))

    async def send(self, status: int, headers: Headers, body: bytes, *, is_last: bool = False) -> None:
        """A whole answer."""
        self._begin(status, [*headers, CLOSING] if is_last else headers)
        if body:
            self._write(h11.Data(data=body))
        self._write(h11.EndOfMessage())
        async with asyncio.timeout(DRAIN_SECONDS):
            await self._writer.drain()

    def begin(self, status: int, headers: Headers) -> None:
        """The head of an answer whose body follows in parts."""
        self._begin(status, [*(each for each in headers if each[0].lower() != "content-length"), CLOSING])

    def part(self, text: bytes) -> None:
        """A part of the body; it waits in memory until the kernel takes it (`unsent`)."""
        self._write(h11.Data(data=text))
        self._sent += len(text)

    def end(self) -> None:
        """The end of a body in parts."""
        with suppress(h11.LocalProtocolError):
            self._write(h11.EndOfMessage())

    @property
    def unsent(self) -> int:
        """Bytes that the kernel has not taken yet, because the other side takes nothing."""
        return self._writer.transport.get_write_buffer_size()

    @property
    def taken(self) -> int:
        """Bytes of parts that the kernel has taken."""
        return self._sent - self.unsent

    def may_go_on(self) -> bool:
        """Make ready for another request on this connection; False when it has to end."""
        # A body that nobody read, or an answer that says so, ends the connection.
        while self._http.their_state is h11.SEND_BODY:
            event = self._http.next_event()
            if event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
                return False
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def gone(self, *, drops: bool) -> None:
        """Return when the other side has closed, half closed or lost the connection, or says too much while it waits. What it says, such as
        a body that comes late, is dropped where `drops`; else it is the end.
        """
        with suppress(ConnectionError, TimeoutError):
            while (said := await self._reader.read(READ_BYTES)) and drops:
                self._dropped += len(said)
                if self._dropped > LONGEST_HEAD:
                    self.abort()
                    break

    @property
    def is_lost(self) -> bool:
        """True when nothing can be sent any more. One that is half closed still takes an answer."""
        return self._writer.transport.is_closing()

    @property
    def is_last(self) -> bool:
        """True when no other request can follow: the other side has ended, or what it said was dropped."""
        return self._dropped > 0 or self._reader.at_eof()

    def close(self) -> None:
        """Close it; what is written still goes out."""
        self._writer.close()

    def abort(self) -> None:
        """Close it at once, and drop what the other side does not take."""
        self._writer.transport.abort()

    async def _refuse(self, status: int) -> None:
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            with suppress(h11.LocalProtocolError):
                await self.send(status, [("Content-Length", "0")], b"", is_last=True)

    def _begin(self, status: int, headers: Headers) -> None:
        encoded = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in [*headers, ("Date", http_date())]
        ]
        self._write(h11.Response(status_code=status, headers=encoded, reason=HTTPStatus(status).phrase.encode()))

    def _write(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)

    def _head(self, request: h11.Request) -> Head:
        path, _, query = request.target.decode("latin-1").partition("?")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers]
        has_body = any(name in {"content-length", "transfer-encoding"} for name, _value in headers)
        version = f"HTTP/{request.http_version.decode('latin-1')}"
        return Head(request.method.decode("latin-1"), path, query, version, headers, has_body, self._address)
