"""Our own load driver, for machines without wrk: `python -m bench.driver` (started by bench.load).

One thread, keep-alive connections, `poll`, and as little Python per answer as possible: find the end of the headers, read
the status and Content-Length, note the time, send the next prepared request. About 50,000 answers/s of 12 KB on one core;
its own processor time is reported, so that nobody takes the driver's limit for the server's.
"""

from __future__ import annotations

import gc
import json
import re
import select
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.wire import read_frames

RECEIVE_BYTES = 1 << 18
POLL_MILLISECONDS = 1000
# A server that answers nothing for so long is broken, not slow.
SILENCE_SECONDS = 20.0
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BODILESS = (b"204", b"304")


class DriverError(RuntimeError):
    """The server is silent, or speaks something that this driver does not understand."""


@dataclass(slots=True)
class Connection:
    """One keep-alive connection with one request under way."""

    socket: socket.socket
    sent_at: float = 0.0
    is_head: bool = False
    received: bytes = b""


@dataclass(slots=True)
class Tally:
    """What happened so far; times in seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[bytes] = field(default_factory=Counter)
    received_bytes: int = 0
    broken: int = 0


class Driver:
    """Sends prepared requests in turn over several connections."""

    def __init__(self, address: tuple[str, int], requests: list[bytes], *, first: int, once: bool) -> None:
        self._address = address
        self._requests = requests
        self._next = first
        self._last = len(requests) if once else sys.maxsize
        self._poll = select.poll()
        self._connections: dict[int, Connection] = {}
        self.tally = Tally()

    def run(self, connections: int, seconds: float) -> float:
        """Keep `connections` busy for `seconds`, or until each request was sent once; returns the seconds it took."""
        started = time.perf_counter()
        deadline = started + seconds
        for _ in range(connections):
            self._connect()
        now = heard_at = started
        while now < deadline and self._connections:
            events = self._poll.poll(POLL_MILLISECONDS)
            for descriptor, _ in events:
                self._receive(self._connections[descriptor])
            now = time.perf_counter()
            if events:
                heard_at = now
            elif now - heard_at > SILENCE_SECONDS:
                raise DriverError(f"no answer for {SILENCE_SECONDS:.0f} seconds")
        for connection in list(self._connections.values()):
            self._close(connection)
        return now - started

    def _connect(self) -> None:
        opened = socket.create_connection(self._address)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(opened)
        self._connections[opened.fileno()] = connection
        self._poll.register(opened.fileno(), select.POLLIN)
        self._send(connection, time.perf_counter())

    def _close(self, connection: Connection) -> None:
        descriptor = connection.socket.fileno()
        self._poll.unregister(descriptor)
        del self._connections[descriptor]
        connection.socket.close()

    def _send(self, connection: Connection, now: float) -> None:
        if self._next >= self._last:
            self._close(connection)
            return
        request = self._requests[self._next % len(self._requests)]
        self._next += 1
        connection.sent_at = now
        connection.is_head = request.startswith(b"HEAD ")
        connection.socket.sendall(request)

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(RECEIVE_BYTES)
        except ConnectionError:
            data = b""
        if not data:
            self.tally.broken += 1
            self._close(connection)
            self._connect()
            return
        if connection.received:
            data = connection.received + data
        if len(data) < answer_length(data, is_head=connection.is_head):
            connection.received = data
            return
        connection.received = b""
        now = time.perf_counter()
        tally = self.tally
        tally.latencies.append(now - connection.sent_at)
        tally.statuses[data[9:12]] += 1
        tally.received_bytes += len(data)
        self._send(connection, now)


def answer_length(data: bytes, *, is_head: bool) -> int:
    """Bytes of the whole answer that begins with `data`; more than there are while the headers are incomplete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return len(data) + 1
    if is_head or data[9:12] in BODILESS:
        return end + 4
    found = CONTENT_LENGTH.search(data, 0, end)
    if found is None:
        raise DriverError(f"an answer without Content-Length: {data[:200]!r}")
    return end + 4 + int(found[1])


def percentile_ms(ordered: list[float], share: float) -> float:
    """The value below which `share` of the ordered latencies lie, in milliseconds."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def main() -> None:
    """Read the job as JSON from the first argument, print the outcome as JSON."""
    job = json.loads(sys.argv[1])
    driver = Driver((job["host"], job["port"]), read_frames(Path(job["frames"])), first=job["first"], once=job["once"])
    gc.disable()
    busy = time.process_time()
    seconds = driver.run(job["connections"], job["seconds"])
    busy = time.process_time() - busy
    tally = driver.tally
    ordered = sorted(tally.latencies)
    json.dump(
        {
            "requests": len(ordered),
            "seconds": seconds,
            "p50_ms": percentile_ms(ordered, 0.50),
            "p99_ms": percentile_ms(ordered, 0.99),
            "errors": tally.broken + sum(count for status, count in tally.statuses.items() if status[:1] not in b"23"),
            "statuses": {status.decode(): count for status, count in sorted(tally.statuses.items())},
            "bytes": tally.received_bytes,
            "driver_share": busy / seconds if seconds else 0.0,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
