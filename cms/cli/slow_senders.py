"""Ends connections whose sender stops in the middle of a body. Nothing else does: the web server waits for ever, and TCP keeps a
silent sender's connection while the machine is alive.

A web process looks at its own connections, and only while it waits for a body. A connection that sends nothing, or less than
LEAST_RATE, for as long as the setting says, and has nothing to receive, is shut for reading (Linux): the read then ends, the
request is answered 408, and the connection with it. The web server ends idle connections sooner, so apart from requests that
compute for as long, only slow senders are left.
"""

from __future__ import annotations

import os
import socket  # noqa: TID251 - of our own server
import struct
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cms.core import clock
from cms.core.bulkhead import Kind
from cms.core.logging import get_logger
from cms.core.metrics import SENDERS_ENDED
from cms.core.runtime import Runtime

log = get_logger(__name__)

LEAST_RATE: Final = 1_000
"""Bytes per second."""
# While bodies are refused because all places are taken, slow senders are ended sooner; but not while a request waits for a lock, the
# database or a storage, or has just done so: nobody can tell its connection from that of a sender who has stopped.
CROWDED_SECONDS: Final = 5.0
ANSWERING_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 0.5
# struct tcp_info of Linux (linux/tcp.h), up to tcpi_notsent_bytes.
_TCP_INFO: Final = struct.Struct("8B24I4Q3I")
_UNACKED, _LAST_DATA_SENT, _BYTES_RECEIVED, _NOT_SENT = 12, 17, 35, 38


@dataclass(frozen=True, slots=True)
class Figures:
    """The kernel's figures for a connection."""

    received: int
    """Bytes, since its begin."""
    sent_ago: float
    """Seconds since something was sent, or since its begin."""
    is_sending: bool


class SlowSenders:
    """Checks the connections of a web process at intervals."""

    def __init__(self, own: Runtime) -> None:
        self._own, self._port, self._seconds = own, own.settings.port, float(own.settings.sender_seconds)
        # By socket: how much had been received at which moments.
        self._seen: dict[int, deque[tuple[float, int]]] = {}

    def begin(self) -> None:
        """Start checking, on a thread that ends with the process."""
        if sys.platform == "linux":
            threading.Thread(target=self._run, name="slow-senders", daemon=True).start()

    def look(self) -> None:
        """End connections that have been slow for too long."""
        longest = self._own.awaited_bodies.longest()
        if longest < LOOK_SECONDS:
            self._seen.clear()
            return
        bulkhead = self._own.bulkhead
        is_crowded = bulkhead.is_refused(Kind.BODY) and bulkhead.seconds_since_others_waited() > ANSWERING_SECONDS
        patience = min(self._seconds, CROWDED_SECONDS) if is_crowded else self._seconds
        before, self._seen = self._seen, {}
        for number, connection in _connections(self._port):
            now, figures = clock.monotonic(), _figures(connection)
            seen = self._seen[number] = before.get(number, deque())
            seen.append((now, figures.received))
            while len(seen) > 1 and now - seen[1][0] >= self._seconds:
                seen.popleft()
            if longest >= patience and _is_slow(seen, figures, patience):
                self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        self._own.awaited_bodies.note_end()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RD)
        SENDERS_ENDED.inc()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:
                log.exception("slow_senders_failed")


def _is_slow(seen: deque[tuple[float, int]], figures: Figures, patience: float) -> bool:
    if figures.is_sending or figures.sent_ago < patience:
        return False
    now, received = seen[-1]
    earlier = [count for moment, count in seen if now - moment >= patience]
    return bool(earlier) and received - earlier[-1] < LEAST_RATE * patience


def _connections(port: int) -> Iterator[tuple[int, socket.socket]]:
    """The connections of this process at `port`, each as a duplicate that stays open until the next one is taken."""
    for path in Path("/proc/self/fd").iterdir():
        connection = _duplicate(int(path.name)) if path.is_socket() else None
        if connection is None:
            continue
        with connection:
            try:
                is_ours = connection.family in {socket.AF_INET, socket.AF_INET6}
                if is_ours and connection.getsockname()[1] == port and connection.getpeername():
                    yield os.fstat(connection.fileno()).st_ino, connection
            except OSError:
                # No other side: the listening socket, or a connection that has just ended.
                continue


def _duplicate(descriptor: int) -> socket.socket | None:
    """A duplicate of the socket, to be closed by the caller; None when it was closed meanwhile."""
    try:
        duplicate = os.dup(descriptor)
    except OSError:
        return None
    try:
        return socket.socket(fileno=duplicate)
    except OSError:
        os.close(duplicate)
        return None


def _figures(connection: socket.socket) -> Figures:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    info = _TCP_INFO.unpack(told.ljust(_TCP_INFO.size, b"\0"))
    return Figures(info[_BYTES_RECEIVED], info[_LAST_DATA_SENT] / 1_000, bool(info[_UNACKED] or info[_NOT_SENT]))
