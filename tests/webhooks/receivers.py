"""Receivers of webhooks on loopback: real servers that keep what came in and answer as a test says."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request, and when it came."""

    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """An endpoint. `answers` gives the answer to each request; None hangs up without one."""

    answers: Callable[[Received], Answer | None] = lambda _request: (204, {})
    received: list[Received] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://situs.example:{self.port}/hook"

    def types(self) -> list[str]:
        return [each.message["type"] for each in self.received]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that breaks off is no error of the test."""


@contextmanager
def receiving(
    answers: Callable[[Received], Answer | None] | None = None, address: str = "127.0.0.1"
) -> Iterator[Receiver]:
    """A receiver that listens on this address until the end of the block."""
    receiver = Receiver() if answers is None else Receiver(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Received({name.lower(): value for name, value in self.headers.items()}, body, time.monotonic())
            receiver.received.append(request)
            answer = receiver.answers(request)
            if answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer[0])
            for name, value in {"Content-Length": "0", **answer[1]}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *_args: Any) -> None:
            """Nothing on the terminal."""

    server = _Server((address, 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
