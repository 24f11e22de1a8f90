"""The virus scanner of `CLAMD_URL`: one file for each connection, by the command INSTREAM of clamd. Knows no database.

A host that the operator names (`OPERATOR_HOSTS` of `cms.core.outbound`). The whole exchange has one deadline, and only two answers
count: anything else than a whole "clean" or a whole "found" is an error, so that a file is never released by half an answer.
"""

from __future__ import annotations

import re
import socket  # noqa: TID251 - the scanner of the operator
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from typing import Final
from urllib.parse import urlsplit

from cms.core import clock
from cms.core.characters import on_one_line, without_hiding
from cms.virus_scans.models import LONGEST_FINDING

SCAN_SECONDS: Final = 150.0
"""For one file, from the connection to the answer; clamd itself gives up after 120 (`MaxScanTime`)."""
PING_SECONDS: Final = 5.0
LONGEST_ANSWER: Final = 1_000
_FOUND: Final = re.compile(r"stream: (.+) FOUND")


class ScanError(Exception):
    """There is no answer about this file; says why, in one line."""


class Clamd:
    """Asks the scanner at this address; every method opens a connection of its own and closes it."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def scan(self, chunks: Iterable[bytes], seconds: float = SCAN_SECONDS) -> str | None:
        """What clamd calls what is in these bytes, None when they are clean. Raises `ScanError`, and what reading the chunks raises."""
        answer = self._exchange(_instream(chunks), seconds)
        if answer == "stream: OK":
            return None
        found = _FOUND.fullmatch(answer)
        if found is None:
            raise ScanError(f"clamd answered: {_tidy(answer) or 'nothing'}")
        return _tidy(found[1]) or "unnamed"

    def answers(self, seconds: float = PING_SECONDS) -> bool:
        """True when it says that it is there."""
        with suppress(ScanError):
            return self._exchange([b"zPING\0"], seconds) == "PONG"
        return False

    def _exchange(self, blocks: Iterable[bytes], seconds: float) -> str:
        """Send it all and read the answer, which ends with a zero byte."""
        ends_at = clock.monotonic() + seconds
        try:
            with closing(self._connected(ends_at)) as connection:
                # It answers and hangs up in the middle of a stream that is longer than its StreamMaxLength.
                with suppress(BrokenPipeError, ConnectionResetError):
                    for block in blocks:
                        _wait_at_most(connection, ends_at)
                        connection.sendall(block)
                return _answer(connection, ends_at)
        except OSError as error:
            raise ScanError(f"{type(error).__name__}: {_tidy(str(error))}") from None

    def _connected(self, ends_at: float) -> socket.socket:
        left = max(0.01, ends_at - clock.monotonic())
        if self._url.scheme == "tcp":
            return socket.create_connection((self._url.hostname or "", self._url.port or 0), timeout=left)
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.settimeout(left)
        try:
            opened.connect(self._url.path)
        except BaseException:
            opened.close()
            raise
        return opened


def _instream(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for chunk in chunks:
        if chunk:
            yield len(chunk).to_bytes(4, "big") + chunk
    yield bytes(4)


def _answer(connection: socket.socket, ends_at: float) -> str:
    received = bytearray()
    while not received.endswith(b"\0"):
        _wait_at_most(connection, ends_at)
        block = connection.recv(LONGEST_ANSWER)
        if not block:
            raise ScanError(f"clamd hung up after: {_tidy(received.decode('utf-8', 'replace')) or 'nothing'}")
        received += block
        if len(received) > LONGEST_ANSWER:
            raise ScanError("the answer of clamd does not end")
    return received[:-1].decode("utf-8", "replace")


def _wait_at_most(connection: socket.socket, ends_at: float) -> None:
    """A time-out of a socket begins anew with each byte; the deadline does not."""
    left = ends_at - clock.monotonic()
    if left <= 0:
        raise ScanError("clamd took too long")
    connection.settimeout(left)


def _tidy(text: str) -> str:
    return on_one_line(without_hiding(text)).strip()[:LONGEST_FINDING]
