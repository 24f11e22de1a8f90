"""Bodies of requests on their way in: slow senders hold some threads of a web process, never all of them.

A thread that reads a body waits for its sender as long as the sender likes, and nothing ends such a wait from outside. If all
threads waited, a handful of half-sent requests would keep every reader out, without a token. So one thread is kept for those
who send nothing; it refuses further bodies while the others wait.
"""

from __future__ import annotations

import threading
from io import BytesIO
from typing import IO, Final

from flask import Request, current_app
from werkzeug.utils import cached_property

from cms.core.errors import Unavailable

EXTENSION: Final = "simpul_body_places"
# Honest bodies are mostly here when they are read, so a place is free again at once.
WAIT_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 5


class BodyPlaces:
    """How many threads may wait for bodies at the same time."""

    def __init__(self, threads: int) -> None:
        self._places = threading.BoundedSemaphore(max(1, threads - 1))
        # Nobody has got on since somebody waited in vain: the next need not wait for that too.
        self._stuck = False

    def read(self, stream: IO[bytes], size: int) -> bytes:
        """Read from the sender. Raises `Unavailable` when too many wait for theirs."""
        if not self._places.acquire(timeout=0 if self._stuck else WAIT_SECONDS):
            self._stuck = True
            raise Unavailable(headers={"Retry-After": str(RETRY_SECONDS)})
        try:
            return stream.read(size)
        finally:
            self._stuck = False
            self._places.release()


class PlacedBody:
    """The input of the web server, read only in one of the places."""

    def __init__(self, stream: IO[bytes], places: BodyPlaces) -> None:
        self._stream, self._places = stream, places

    def read(self, size: int = -1) -> bytes:
        """As the stream itself; raises `Unavailable` too."""
        return self._places.read(self._stream, size)


class PatientRequest(Request):
    """A request whose body is read in one of the places of `app.extensions`. Requests without a body never ask for one."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, limited as Werkzeug does it."""
        given = self.environ["wsgi.input"]
        # What lies in memory, such as the requests of a batch, waits for nobody.
        if not isinstance(given, BytesIO):
            self.environ["wsgi.input"] = PlacedBody(given, current_app.extensions[EXTENSION])
        body: IO[bytes] = super().stream
        return body
