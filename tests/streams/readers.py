"""Readers of streams: plain HTTP clients over real sockets."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

SECONDS = 60.0


@dataclass(frozen=True)
class Event:
    """One block of a stream."""

    id: str | None
    event: str | None
    data: Any
    comment: str | None
    retry: int | None


@dataclass
class Reader:
    """An open stream. A thread reads it, so that what arrives has the moment at which it did."""

    port: int
    token: str | None
    path: str = "/v1/changes/stream"
    headers: dict[str, str] = field(default_factory=dict)
    blocks: list[Event] = field(default_factory=list)
    arrived_at: list[float] = field(default_factory=list)
    ended_at: float | None = None
    was_broken: bool = False

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        sent = {"Host": "localhost", **self.headers}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        self.connection.request("GET", self.path, headers=sent)
        # The library closes its own when the answer is the last one, and goes on reading.
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.problem: dict[str, Any] = {}
        if self.status == 200:
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()
        else:
            self.problem = json.loads(self.answer.read())
            self.connection.close()

    @property
    def events(self) -> list[Event]:
        return [block for block in self.blocks if block.event]

    @property
    def last_id(self) -> str:
        return [block.id for block in self.blocks if block.id][-1]

    def wait(self, holds: Callable[[Reader], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not holds(self):
            assert time.monotonic() < deadline, self.blocks
            time.sleep(0.005)

    def heard(self, count: int = 1) -> list[Event]:
        self.wait(lambda reader: len(reader.events) >= count)
        return self.events

    def greeted(self) -> Reader:
        self.wait(lambda reader: bool(reader.blocks))
        return self

    def ends(self) -> float:
        """The moment at which it ended."""
        self.wait(lambda reader: reader.ended_at is not None)
        assert self.ended_at is not None
        return self.ended_at

    def close(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if self.status == 200:
            self._thread.join(SECONDS)
        self.answer.close()
        self.connection.close()

    def _read(self) -> None:
        lines: list[str] = []
        try:
            while line := self.answer.readline():
                text = line.decode().rstrip("\n")
                if text:
                    lines.append(text)
                else:
                    self.arrived_at.append(time.monotonic())
                    self.blocks.append(parsed(lines))
                    lines = []
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            # The last: closed by `close` meanwhile.
            self.was_broken = True
        self.ended_at = time.monotonic()


def parsed(lines: list[str]) -> Event:
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        found[name] = value.removeprefix(" ")
    data = json.loads(found["data"]) if "data" in found else None
    retry = int(found["retry"]) if "retry" in found else None
    return Event(found.get("id"), found.get("event"), data, found.get(""), retry)
