"""Waiting requests never take the last thread of a web process (the bulkhead pattern).

A thread waits for others: for a body, a slow receiver, a lock, a database or a bucket that does not answer. If all threads waited, no
request would be answered, not even `/healthz`, and a supervisor would kill a healthy server. So a thread that has waited for
PATIENCE_SECONDS needs one of the places. There is one place fewer than threads; a request that finds none is refused and asked to come
back later.

There are two kinds of waits. A wait that can be broken off (locks, database connections) starts at once and asks for a place after
PATIENCE_SECONDS. A wait that cannot (bodies, receivers, requests to S3) asks first. A thread takes one place at most, however many
waits are nested.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final, Protocol

from flask import current_app

from cms.core import clock
from cms.core.errors import Unavailable
from cms.core.metrics import WAITS_REFUSED

PATIENCE_SECONDS: Final = 0.25
# While no place is free, one wait of each kind may find out now and then whether its cause is gone.
PROBE_SECONDS: Final = 2.0


class Kind(StrEnum):
    """What a thread waits for. Kinds fail separately: writers waiting for a lock do not stop readers."""

    BODY = "body"
    STREAM = "stream"
    READ = "read"
    WRITE = "write"
    STORAGE = "storage"
    OUTBOUND = "outbound"
    WORK = "work"
    """Limited processor time: hashing passwords, decoding images."""


_FOR_CLIENTS: Final = {Kind.BODY, Kind.STREAM}
# The code of the refusal, and after how many seconds to come back.
_REFUSALS: Final = {
    Kind.BODY: ("unavailable", 5),
    Kind.STREAM: ("unavailable", 5),
    Kind.READ: ("database_unavailable", 5),
    Kind.WRITE: ("busy", 1),
    Kind.STORAGE: ("storage_unavailable", 5),
    Kind.OUTBOUND: ("unavailable", 5),
    Kind.WORK: ("busy", 2),
}


class Lock(Protocol):
    """A lock or a semaphore."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """True when it was acquired."""


class Bulkhead:
    """How many threads of this process may wait at the same time. Safe to share between threads."""

    def __init__(self, threads: int) -> None:
        self.most = max(1, threads - 1)
        self._changed = threading.Condition(threading.Lock())
        # How often each thread (by its identifier) has taken its place.
        self._holders: dict[int, int] = {}
        self._outsiders: set[int] = set()
        # Threads whose place is for something else than a client, and when the last such place was given back.
        self._kept_waiting: set[int] = set()
        self._kept_waiting_until = -math.inf
        # When the next wait of a kind may try again after a refusal. Empty unless all places are taken.
        self._in_vain: dict[Kind, float] = {}

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Wrap the work of a thread that answers no requests: its waits delay no request, so they need no places."""
        own = threading.get_ident()
        with self._changed:
            self._outsiders.add(own)
        try:
            yield
        finally:
            with self._changed:
                self._outsiders.discard(own)

    @property
    def taken(self) -> int:
        """How many threads hold a place now."""
        return len(self._holders)

    def seconds_since_others_waited(self) -> float:
        """How long ago the last wait ended that was for something else than a client; 0 while there is one."""
        return 0.0 if self._kept_waiting else clock.monotonic() - self._kept_waiting_until

    def is_refused(self, kind: Kind) -> bool:
        """True while waits of this kind are refused."""
        return kind in self._in_vain

    def check(self, kind: Kind) -> None:
        """Refuse at once when waits of this kind have just been refused. Costs nothing otherwise. Raises `Unavailable`."""
        if self._in_vain and self._is_hopeless(kind):
            raise refusal(kind)

    @contextmanager
    def place(self, kind: Kind) -> Iterator[None]:
        """Hold a place during a wait that cannot be broken off.

        Raises `Unavailable` when no place gets free within PATIENCE_SECONDS.
        """
        self.take(kind, patience=PATIENCE_SECONDS)
        try:
            yield
        finally:
            self.release()

    def take(self, kind: Kind, *, patience: float = 0.0, spare: int = 0) -> None:
        """Take a place for this thread, to be given back with `release`, leaving `spare` ones free. Raises `Unavailable`."""
        own = threading.get_ident()
        with self._changed:
            if own in self._outsiders:
                return
            if own not in self._holders:
                if kind in self._in_vain:
                    patience = 0.0
                # Receivers leave a place to editors, who must be able to sign in and write.
                spare = min(spare + (kind is Kind.STREAM), self.most - 1)
                if not self._changed.wait_for(lambda: len(self._holders) < self.most - spare, patience):
                    self._in_vain[kind] = clock.monotonic() + PROBE_SECONDS
                    raise refusal(kind)
                if kind not in _FOR_CLIENTS:
                    self._kept_waiting.add(own)
            self._holders[own] = self._holders.get(own, 0) + 1

    def release(self, holder: int | None = None) -> None:
        """Give the place of this thread (or of the thread `holder`) back."""
        own = threading.get_ident() if holder is None else holder
        with self._changed:
            if own in self._outsiders:
                return
            left = self._holders[own] - 1
            if left:
                self._holders[own] = left
                return
            del self._holders[own]
            if own in self._kept_waiting:
                self._kept_waiting.discard(own)
                self._kept_waiting_until = clock.monotonic()
            self._in_vain.clear()
            self._changed.notify_all()

    def acquire(self, lock: Lock, seconds: float, kind: Kind, *, spare: int = 0) -> bool:
        """Acquire a lock that other threads hold: False when that takes longer than `seconds`.

        Raises `Unavailable` when it takes long and no place is free. `spare` is 1 where the holder of the lock is a thread of
        this process that may itself wait without a place, as for the disk.
        """
        if lock.acquire(blocking=False):
            return True
        self.check(kind)
        if lock.acquire(timeout=min(seconds, PATIENCE_SECONDS)):
            return True
        if seconds <= PATIENCE_SECONDS:
            return False
        self.take(kind, spare=spare)
        try:
            return lock.acquire(timeout=seconds - PATIENCE_SECONDS)
        finally:
            self.release()

    def _is_hopeless(self, kind: Kind) -> bool:
        with self._changed:
            own = threading.get_ident()
            if own in self._holders or own in self._outsiders or kind not in self._in_vain:
                return False
            now = clock.monotonic()
            if now < self._in_vain[kind]:
                return True
            self._in_vain[kind] = now + PROBE_SECONDS
            return False


class Wait:
    """One wait that can be broken off; call `go_on` at intervals during the wait and `end` after it."""

    __slots__ = ("_began_at", "_bulkhead", "_has_place", "_kind")

    def __init__(self, bulkhead: Bulkhead, kind: Kind) -> None:
        self._bulkhead, self._kind = bulkhead, kind
        self._began_at = clock.monotonic()
        self._has_place = False

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return clock.monotonic() - self._began_at

    def go_on(self) -> None:
        """Take a place once the wait has lasted PATIENCE_SECONDS. Raises `Unavailable` when none is free."""
        # A thread that wakes up a moment early has waited long enough too.
        if not self._has_place and self.seconds >= 0.9 * PATIENCE_SECONDS:
            self._bulkhead.take(self._kind)
            self._has_place = True

    def end(self) -> None:
        """Give the place back, if it took one."""
        if self._has_place:
            self._has_place = False
            self._bulkhead.release()


def own_bulkhead() -> Bulkhead:
    """The bulkhead of the current application."""
    found: Bulkhead = current_app.extensions["simpul"].bulkhead
    return found


def refusal(kind: Kind) -> Unavailable:
    """The error for a request that finds no place."""
    WAITS_REFUSED.labels(kind.value).inc()
    code, seconds = _REFUSALS[kind]
    return Unavailable(code, headers={"Retry-After": str(seconds)})
