"""Bodies of requests on their way in. Nothing ends a wait for a sender from outside, so each block is read in a place of the bulkhead.

Honest bodies are mostly here when they are read, so a place is free again at once; requests without a body never ask for one.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.utils import cached_property

from cms.core.bulkhead import Bulkhead, Kind
from cms.core.runtime import runtime


class PlacedBody:
    """The input of the web server, read only in one of the places."""

    def __init__(self, stream: IO[bytes], bulkhead: Bulkhead) -> None:
        self._stream, self._bulkhead = stream, bulkhead

    def read(self, size: int = -1) -> bytes:
        """As the stream itself; raises `Unavailable` too."""
        with self._bulkhead.place(Kind.BODY):
            return self._stream.read(size)


class PatientRequest(Request):
    """A request whose body is read in one of the places."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, limited as Werkzeug does it."""
        given = self.environ["wsgi.input"]
        # What lies in memory, such as the requests of a batch, waits for nobody.
        if not isinstance(given, BytesIO):
            self.environ["wsgi.input"] = PlacedBody(given, runtime().bulkhead)
        body: IO[bytes] = super().stream
        return body
