"""Readers and writers of a running server; every answer is counted."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.cli.servers import WEB_THREADS

PAUSE_SECONDS = 0.05
# Fewer than may wait in one process at once (threads less one), however long a migration takes: none is told to come again.
WRITERS = WEB_THREADS - 2
PATHS = ("/v1/posts?limit=5", "/v1/posts?limit=50&fields=id,title", "/v1/agencies?limit=3", "/v1/whoami")


@dataclass
class Load:
    """What came back so far: statuses of readers and writers, ids of what was written, headers of refusals, lost connections."""

    reads: Counter[int] = field(default_factory=Counter)
    writes: Counter[int] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)
    refusals: list[dict[str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, reads: int, writes: int, seconds: float = 300) -> None:
        """Until so many more answers of each kind have come."""
        wanted = (self.reads.total() + reads, self.writes.total() + writes)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.reads.total() >= wanted[0] and self.writes.total() >= wanted[1]:
                return
            time.sleep(0.02)
        raise AssertionError(f"{self.reads} {self.writes} {self.broken[:5]}: fewer than {wanted}")


@contextmanager
def load(port: int, key: str, token: str, readers: int = 2, writers: int = WRITERS) -> Iterator[Load]:
    """Readers and writers until the block ends."""
    seen = Load()
    work: list[Callable[[HTTPConnection, int], None]] = []

    def read(connection: HTTPConnection, turn: int) -> None:
        # Every third one is a question that nobody asked before.
        path = (
            PATHS[turn % len(PATHS)]
            if turn % 3
            else f"/v1/posts?limit=9&published_after=2020-01-01T00:00:{turn % 60:02d}Z"
        )
        status, _body, headers = ask(connection, "GET", path, key)
        seen.reads[status] += 1
        if status >= 500:
            seen.refusals.append(headers)

    def write(connection: HTTPConnection, turn: int) -> None:
        given = {"title": f"Pengumuman {turn}", "agency": "dpu", "kind": "pengumuman", "body": "Isi."}
        status, body, _headers = ask(connection, "POST", "/manage/v1/posts", token, given)
        seen.writes[status] += 1
        if status == 201:
            seen.written.append(body["data"]["id"])

    work += [read] * readers + [write] * writers
    threads = [threading.Thread(target=_again_and_again, args=(port, one, seen)) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        seen._stop.set()
        for thread in threads:
            thread.join(30)


def _again_and_again(port: int, work: Callable[[HTTPConnection, int], None], seen: Load) -> None:
    connection, turn = HTTPConnection("127.0.0.1", port, timeout=30), 0
    while not seen._stop.is_set():
        turn += 1
        # Steady, not as fast as it can: what is measured is whether anything is refused.
        time.sleep(PAUSE_SECONDS)
        try:
            work(connection, turn)
        except (OSError, HTTPException) as error:
            connection.close()
            seen.broken.append(f"{work.__name__}: {error!r}")
    connection.close()


def ask(
    connection: HTTPConnection, method: str, path: str, token: str | None, given: dict[str, Any] | None = None
) -> tuple[int, Any, dict[str, str]]:
    """Status, JSON and headers of one answer."""
    body = None if given is None else json.dumps(given)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    return (
        answer.status,
        json.loads(content) if content else None,
        {name.lower(): value for name, value in answer.headers.items()},
    )
