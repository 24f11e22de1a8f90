"""Those who wait: each has a position, and is told what lies behind it."""

from __future__ import annotations

import asyncio
from typing import Final

from cms.core import clock
from cms.core.metrics import STREAMS_DROPPED
from cms.streams import events
from cms.streams.connection import Connection
from cms.sync.waiting import Subscription

PING_SECONDS: Final = 15.0
MOST_UNSENT: Final = 32_768
"""Bytes that may wait in memory for a reader; until it has taken them it is told nothing more."""
SLOW_SECONDS: Final = 20.0
LEAST_RATE: Final = 500
"""Bytes per second that a reader must take while something waits for it."""


class Waiter:
    """A request that waits: a long poll, which ends with the first line."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.position = subscription.after
        self.ended = asyncio.Event()

    @property
    def may_be_told(self) -> bool:
        """False while it has not taken what it was told."""
        return not self.ended.is_set()

    def tell(self, text: bytes, reached: int) -> None:
        """What it waits for, up to this position; nothing when none of the lines is for it."""
        self.position = reached
        if text:
            self.end()

    def end(self) -> None:
        """Wait no more."""
        self.ended.set()

    def tick(self) -> None:
        """Called once a second."""


class Stream(Waiter):
    """A stream of events."""

    def __init__(self, subscription: Subscription, connection: Connection) -> None:
        super().__init__(subscription)
        self._connection = connection
        self._told = self.position
        now = clock.monotonic()
        self._ping_at = now + PING_SECONDS
        # When it was last seen to take enough, and how much it had taken then.
        self._good_at, self._good = now, 0
        connection.part(events.hello(subscription.epoch, self.position))

    @property
    def may_be_told(self) -> bool:
        """False while too much waits for it."""
        return not self.ended.is_set() and self._connection.unsent < MOST_UNSENT

    def tell(self, text: bytes, reached: int) -> None:
        """Send events."""
        self.position = reached
        if text and not self.ended.is_set():
            self._connection.part(text)
            # The id of the last event may lie before what was looked at; the next ping tells that.
            self._ping_at = clock.monotonic() + PING_SECONDS

    def tick(self) -> None:
        """Send a ping when nothing was sent for long; end it when its reader takes too little."""
        if self.ended.is_set():
            return
        now, taken, unsent = clock.monotonic(), self._connection.taken, self._connection.unsent
        if not unsent or taken - self._good >= LEAST_RATE * SLOW_SECONDS:
            self._good_at, self._good = now, taken
        elif now - self._good_at > SLOW_SECONDS:
            STREAMS_DROPPED.inc()
            self._connection.abort()
            self.end()
            return
        if now >= self._ping_at and not unsent:
            self._connection.part(self._ping())
            self._ping_at = now + PING_SECONDS

    def _ping(self) -> bytes:
        if self._told == self.position:
            return events.PING
        self._told = self.position
        return events.PING.rstrip() + b"\n" + events.position(self.subscription.epoch, self.position)
