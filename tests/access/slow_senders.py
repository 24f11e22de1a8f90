"""A real socket to the application: everything but the last byte of a request, then something happens, then the last byte."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any, Self

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import EnvironBuilder

from tests.people import Caller

LONGEST_SECONDS = 90


class Server:
    """A server of its own threads on a loopback port; `arrived` is set when the application has begun with a request."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.arrived = threading.Event()
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        environ["wsgi.input"] = _Watched(body, self.arrived)
        try:
            return list(self._app.wsgi_app(environ, start_response))
        finally:
            # The connection belongs to the thread, which ends here.
            self._app.extensions["simpul"].reader.close_connections()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Watched:
    """The body; tells when the application asks for it, which it does only after it has let the caller in."""

    def __init__(self, body: Any, arrived: threading.Event) -> None:
        self._body, self._arrived = body, arrived

    def read(self, size: int = -1) -> bytes:
        """As the body itself."""
        self._arrived.set()
        return bytes(self._body.read(size))


@contextmanager
def serving(app: Flask) -> Iterator[Server]:
    """The application behind a real socket."""
    with Server(app) as server:
        yield server


def raw_request(caller: Caller, method: str, path: str, **sent: Any) -> bytes:
    """The bytes of a request, as `Caller` would send it."""
    match, headers = sent.pop("match", None), {**caller.headers, **sent.pop("headers", {})}
    if match is not None:
        headers["If-Match"] = match
    builder = EnvironBuilder(path=path, method=method, headers=headers, **sent)
    environ = builder.get_environ()
    body = environ["wsgi.input"].read()
    builder.close()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {environ['CONTENT_TYPE']}"] if body else []
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def all_but_the_last_byte(server: Server, request: bytes, meanwhile: Callable[[], Any]) -> tuple[int, Any]:
    """Status and body of the answer to a request whose last byte comes when `meanwhile` is done."""
    server.arrived.clear()
    with socket.create_connection(("127.0.0.1", server.port), timeout=LONGEST_SECONDS) as connection:
        connection.sendall(request[:-1])
        assert server.arrived.wait(LONGEST_SECONDS)
        meanwhile()
        connection.sendall(request[-1:])
        answer = HTTPResponse(connection)
        answer.begin()
        content = answer.read()
        answer.close()
    return answer.status, json.loads(content) if content else None
