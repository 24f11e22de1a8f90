"""Servers that behave badly on purpose, in this process."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Script(BaseHTTPRequestHandler):
    """Answers each request with the next line of a play: status, headers, and what is sent."""

    play: list[tuple[int, dict[str, str], bytes]]
    asked: list[tuple[str, str | None]]

    def _answer(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.asked.append((self.path, self.headers["Authorization"]))
        status, headers, sent = self.play.pop(0)
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(sent))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - names of http.server

    def log_message(self, *_arguments: Any) -> None:
        """Nothing on the screen."""


@contextmanager
def playing(*play: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """The address of a server that answers so, and what it was asked."""
    asked: list[tuple[str, str | None]] = []
    handler = type("Play", (Script,), {"play": list(play), "asked": asked})
    with _served(handler) as port:
        yield f"http://127.0.0.1:{port}", asked


class Forgetful(BaseHTTPRequestHandler):
    """Hands each request on to a server, and loses the first answer to every write."""

    behind: str
    lost: set[str]

    def _hand_on(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"] or 0))
        connection = http.client.HTTPConnection(self.behind, timeout=30)
        connection.request(self.command, self.path, data, dict(self.headers))
        answer = connection.getresponse()
        sent = answer.read()
        connection.close()
        key = self.headers["Idempotency-Key"]
        if key and key not in self.lost:
            self.lost.add(key)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "date", "server"}:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = do_PATCH = _hand_on  # noqa: N815 - names of http.server

    def log_message(self, *_arguments: Any) -> None:
        """Nothing on the screen."""


@contextmanager
def forgetting(address: str) -> Iterator[tuple[str, set[str]]]:
    """The address of a network in front of a server that loses answers, and the keys of the writes whose answer it lost."""
    lost: set[str] = set()
    handler = type("Network", (Forgetful,), {"behind": urlsplit(address).netloc, "lost": lost})
    with _served(handler) as port:
        yield f"http://127.0.0.1:{port}", lost


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield int(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
