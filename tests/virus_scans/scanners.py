"""A stranger on a socket who answers INSTREAM and PING as a test says: whole, by halves, or never. Real clamd is in `tests/more`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST_SECONDS = 20.0
CLEAN = b"stream: OK\0"
FOUND = b"stream: Eicar-Test-Signature FOUND\0"
PONG = b"PONG\0"
Behave = Callable[[socket.socket, bytes], None]


def saying(answer: bytes) -> Behave:
    """Take everything, answer this and hang up."""
    return lambda connection, _body: connection.sendall(answer)


def silent(connection: socket.socket, _body: bytes) -> None:
    """Take everything and say nothing until the other side has gone."""
    connection.recv(1)


def dripping(connection: socket.socket, _body: bytes) -> None:
    """A byte again and again, never the end."""
    gone = threading.Event()
    while not gone.wait(0.05):
        connection.sendall(b"x")


class Scanner:
    """Listens at `url`; `bodies` are the files that came in, whole. `behave` may be changed at any time, `answers_ping` too."""

    def __init__(self, listening: socket.socket, url: str, behave: Behave) -> None:
        self.url, self.behave, self.answers_ping = url, behave, True
        self.bodies: list[bytes] = []
        self._socket = listening
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def close(self) -> None:
        """Stop listening, and wait for those who still speak."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._accepting.join(LONGEST_SECONDS)
        for thread in self._threads:
            thread.join(LONGEST_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._socket.accept()
            except OSError:
                return
            connection.settimeout(LONGEST_SECONDS)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, EOFError):
            file = connection.makefile("rb")
            if _command(file.read) == b"zPING":
                if self.answers_ping:
                    connection.sendall(PONG)
                else:
                    connection.recv(1)
                return
            body = b"".join(iter(lambda: file.read(int.from_bytes(_exactly(file.read, 4), "big")), b""))
            self.bodies.append(body)
            self.behave(connection, body)


def _command(read: Callable[[int], bytes]) -> bytes:
    return b"".join(iter(lambda: _exactly(read, 1), b"\0"))


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    found = read(size)
    if len(found) < size:
        raise EOFError
    return found


@contextmanager
def scanner(behave: Behave, folder: Path | None = None) -> Iterator[Scanner]:
    """One on a port of this machine, or with a folder at a socket there."""
    if folder is None:
        listening = socket.create_server(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    else:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(folder / "clamd.ctl"))
        listening.listen()
        url = f"unix:{folder}/clamd.ctl"
    found = Scanner(listening, url, behave)
    try:
        yield found
    finally:
        found.close()
