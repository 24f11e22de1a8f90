"""A TCP proxy that can fall silent: its connections stay open, what is sent arrives nowhere. So a network fails that swallows packets."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

Target = str | tuple[str, int]
"""The path of a Unix socket, or host and port."""


class SilentProxy:
    """Passes bytes on both ways until `freeze`; `thaw` lets what was held go on."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._flows, self._ended = threading.Event(), threading.Event()
        self._flows.set()
        self._others: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def freeze(self) -> None:
        """Pass nothing on from now."""
        self._flows.clear()

    def thaw(self) -> None:
        """Pass on again."""
        self._flows.set()

    def close(self) -> None:
        """End all connections."""
        self._ended.set()
        self._flows.set()
        self._thread.join()
        for connection in [self._listener, *self._others]:
            connection.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.05):
                self._flows.wait()
                self._handle(key.fileobj)

    def _handle(self, ready: Any) -> None:
        if ready is self._listener:
            self._connect(ready.accept()[0])
            return
        other = self._others.get(ready)
        if other is None:
            return
        try:
            content = ready.recv(65_536)
            if content:
                other.sendall(content)
                return
        except OSError:
            pass
        for connection in (ready, other):
            self._others.pop(connection, None)
            with suppress(KeyError):
                self._selector.unregister(connection)
            connection.close()

    def _connect(self, near: socket.socket) -> None:
        far = socket.socket(socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET)
        far.connect(self._target)
        self._others |= {near: far, far: near}
        for connection in (near, far):
            self._selector.register(connection, selectors.EVENT_READ)


@contextmanager
def silent_proxy(target: Target) -> Iterator[SilentProxy]:
    """A proxy in front of `target`."""
    proxy = SilentProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
