"""Rounds over everybody who waits: look at the log once, end those whose keys have changed, tell the others what is new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from cms.consumers.key_cache import KeyHolder
from cms.core import clock
from cms.core.bulkhead import Bulkhead
from cms.core.logging import get_logger
from cms.core.metrics import STREAMS_OPEN
from cms.streams.waiters import Waiter
from cms.streams.watch import Seen, View, Watch
from cms.sync.waiting import Subscription

log = get_logger(__name__)

LEAST_GAP, GAP_FOR_EACH = 0.02, 0.0002
"""Seconds between two rounds, and more for each waiter: many changes become one round, so that many streams cost a bounded share of a
core."""
KEYS_SECONDS: Final = 0.5
AFTER_FAILURE_SECONDS: Final = 1.0
TICK_SECONDS: Final = 1.0

P = ParamSpec("P")
T = TypeVar("T")
Key = tuple[str | None, str, KeyHolder]


class Rounds:
    """The waiters of this process. Everything but the work of `watch` is done by the event loop."""

    def __init__(self, watch: Watch, bulkhead: Bulkhead, interval: float) -> None:
        self._watch, self._bulkhead, self._interval = watch, bulkhead, interval
        # Its own: the threads that answer requests may all be busy.
        self._thread = ThreadPoolExecutor(1, "watch")
        self._waiters: set[Waiter] = set()
        self._is_wanted = asyncio.Event()
        self._checked: tuple[str, int] = "", -1
        self._check_at = 0.0

    def add(self, waiter: Waiter) -> None:
        """Tell this one from now on."""
        self._waiters.add(waiter)
        STREAMS_OPEN.set(len(self._waiters))
        self._is_wanted.set()

    def remove(self, waiter: Waiter) -> None:
        """It waits no more."""
        self._waiters.discard(waiter)
        STREAMS_OPEN.set(len(self._waiters))

    def wake(self) -> None:
        """The log has moved: look at once. Does nothing while nobody waits."""
        if self._waiters:
            self._is_wanted.set()

    def end_all(self) -> None:
        """End every stream and answer every long poll."""
        for waiter in self._waiters:
            waiter.end()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    async def run(self) -> None:
        """One round after the other, until this is cancelled. While nobody waits the database is left alone."""
        while True:
            pause = self._interval if self._waiters else None
            try:
                async with asyncio.timeout(pause):
                    await self._is_wanted.wait()
            except TimeoutError:
                pass
            self._is_wanted.clear()
            try:
                has_more = await self._round()
            except Exception:
                # A database that does not answer: those who wait go on waiting, and are told later.
                log.exception("streams_round_failed")
                await asyncio.sleep(AFTER_FAILURE_SECONDS)
                has_more = True
            await asyncio.sleep(LEAST_GAP + GAP_FOR_EACH * len(self._waiters))
            if has_more:
                self._is_wanted.set()

    async def tick(self) -> None:
        """Pings and slow readers, until this is cancelled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for waiter in tuple(self._waiters):
                waiter.tick()

    async def _round(self) -> bool:
        """True when there is more to tell at once."""
        if not self._waiters:
            return False
        seen = await self._on_thread(self._watch.look)
        if seen is None:
            self.end_all()
            return False
        await self._end_changed(seen)
        views = self._views(seen)
        if not views:
            return False
        wanted = set(views.values())
        told = await self._on_thread(self._watch.read, wanted, seen)
        for waiter, view in views.items():
            if view in told and waiter in self._waiters:
                waiter.tell(*told[view])
        return len(told) < len(wanted) or any(each.reached < seen.heads.public for each in told.values())

    def _views(self, seen: Seen) -> Mapping[Waiter, View]:
        """Those who have something to read, and what."""
        found: dict[Waiter, View] = {}
        for waiter in self._waiters:
            if waiter.position >= seen.heads.public:
                waiter.position = max(waiter.position, seen.heads.sequence)
            elif waiter.may_be_told:
                asked = waiter.subscription
                found[waiter] = View(waiter.position, asked.wanted, asked.holder.agencies)
        return found

    async def _end_changed(self, seen: Seen) -> None:
        """End those whose keys do not hold any more, or not as they did. Each key is looked at once."""
        state, now = (seen.heads.epoch, seen.heads.access), clock.monotonic()
        if state == self._checked and now < self._check_at:
            return
        keys = {_key(waiter.subscription): waiter.subscription for waiter in self._waiters}
        fallen = await self._on_thread(self._fallen, keys, seen)
        for waiter in tuple(self._waiters):
            if _key(waiter.subscription) in fallen:
                waiter.end()
        self._checked, self._check_at = state, now + KEYS_SECONDS

    def _fallen(self, keys: Mapping[Key, Subscription], seen: Seen) -> set[Key]:
        return {key for key, subscription in keys.items() if not self._watch.still_holds(subscription, seen)}

    async def _on_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def outside() -> T:
            with self._bulkhead.outside():
                return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, outside)


def _key(subscription: Subscription) -> Key:
    return subscription.token, subscription.epoch, subscription.holder
