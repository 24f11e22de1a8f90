"""Many requests at once against a real server, and how long health checks take meanwhile."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import Any

LONGEST_SECONDS = 60
PATIENT_SECONDS = 0.5
TRIES, MOST_LATE = 100, 1


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and after how many seconds."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem."""
        found: str = self.json["code"]
        return found


def ask(
    port: int,
    path: str,
    method: str = "GET",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = LONGEST_SECONDS,
) -> Answered:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    began_at = time.monotonic()
    try:
        sent = None if body is None else json.dumps(body)
        content = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, sent, {**content, **(headers or {})})
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers, answer.read(), time.monotonic() - began_at)
    finally:
        connection.close()


@contextmanager
def crowd(size: int, port: int, path: str, **sent: Any) -> Iterator[list[Future[Answered]]]:
    """So many of the same request at once, under way while the block runs."""
    with ThreadPoolExecutor(size) as threads:
        yield [threads.submit(ask, port, path, **sent) for _ in range(size)]


def assert_healthy(port: int) -> None:
    """99 of 100 health checks are answered within half a second.

    Measured up to ten times: this machine may be busy with something else. Whatever waits for those who are held waits every time.
    """
    late: Sequence[float] = ()
    for _ in range(10):
        late = [seconds for seconds in (_health(port) for _ in range(TRIES)) if seconds > PATIENT_SECONDS]
        if len(late) <= MOST_LATE:
            return
    raise AssertionError(f"health checks took {late} s")


def _health(port: int) -> float:
    answer = ask(port, "/healthz")
    assert answer.status == 200
    return answer.seconds
