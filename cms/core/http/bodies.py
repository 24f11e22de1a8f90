"""Reads request bodies: whole or not at all, holding a place of the bulkhead while waiting.

The web server returns the bytes that have arrived and then the end of the stream, even when the sender has gone away. So the bytes are
counted against `Content-Length`; a body without a length is refused before this (`request_head`).

The web server has no time-out for a sender either: `cms.cli.slow_senders` ends the connection, and the read then ends too early.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.utils import cached_property

from cms.core.bulkhead import Kind
from cms.core.errors import BadRequest, TooSlow
from cms.core.runtime import Runtime, runtime


class PlacedBody:
    """The input of the web server: `length` bytes, each block read in one of the places."""

    def __init__(self, stream: IO[bytes], length: int, own: Runtime) -> None:
        self._stream, self._left, self._own = stream, length, own

    def read(self, size: int = -1) -> bytes:
        """Like `read` of the stream itself. Raises `Unavailable`, `BadRequest("body_cut_off")` and `TooSlow` too."""
        wanted = self._left if size < 0 else min(size, self._left)
        if not wanted:
            return b""
        with self._own.bulkhead.place(Kind.BODY), self._own.awaited_bodies.awaiting() as began_at:
            block = self._filled(wanted)
        self._left -= len(block)
        if len(block) < wanted:
            if self._own.awaited_bodies.has_ended_since(began_at):
                raise TooSlow(headers={"Connection": "close"})
            raise BadRequest("body_cut_off", missing=self._left, headers={"Connection": "close"})
        return block

    def _filled(self, wanted: int) -> bytes:
        """So many bytes; fewer only when nothing more comes. A stream may give less at once without being at its end."""
        block = self._stream.read(wanted)
        while block and len(block) < wanted and (more := self._stream.read(wanted - len(block))):
            block += more
        return block


class PatientRequest(Request):
    """A request whose body is read in one of the places."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, limited as Werkzeug does it."""
        given = self.environ["wsgi.input"]
        # A body in memory, such as a request of a batch, needs no wait and no place.
        if not isinstance(given, BytesIO):
            self.environ["wsgi.input"] = PlacedBody(given, self.content_length or 0, runtime())
        body: IO[bytes] = super().stream
        return body
