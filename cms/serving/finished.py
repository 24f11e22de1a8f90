"""An answer that needs nothing more but to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Response

Headers = list[tuple[str, str]]


class FinishedAnswer(NamedTuple):
    """Status line, complete headers and body."""

    status: str
    headers: Headers
    content: list[bytes]

    @property
    def code(self) -> int:
        """The number of the status."""
        return int(self.status[:3])

    def send(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Send it; without its body to a HEAD."""
        start_response(self.status, self.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else self.content


class PreparedResponse(Response):
    """A finished answer as Flask takes it from a view: neither Werkzeug nor our hooks add anything.

    Werkzeug would also take Last-Modified away from a 304, and api.md wants the headers of the 200 answer.
    """

    def __init__(self, finished: FinishedAnswer) -> None:
        super().__init__(finished.content, finished.status)
        self.finished = finished

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Send it."""
        return self.finished.send(environ, start_response)
