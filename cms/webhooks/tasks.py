"""The sender: it takes messages from the queue, sends them on threads of its own, and brings the results back.

No transaction is open while something is sent. Several senders may run at once: messages are leased. A sender that dies loses nothing: its
leases end after a minute, and the messages are sent again (at least once).
"""

from __future__ import annotations

import queue
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from cms.changes.followers import follow_log, has_reached
from cms.changes.heads import read_heads
from cms.core import clock
from cms.core.bulkhead import Bulkhead
from cms.core.commit_marks import wait_until_settled
from cms.core.db import rolled_back
from cms.core.logging import get_logger
from cms.core.outbound import Outbound
from cms.core.outbound_requests import Limits
from cms.core.outbound_rules import OutboundError
from cms.core.runtime import Runtime, runtime
from cms.core.sealed_secrets import is_under_newest
from cms.webhooks.followers import NAME, fan_out
from cms.webhooks.jobs import SECRET_LOST, Job, Lane, Result, Room
from cms.webhooks.lane_threads import LaneThreads
from cms.webhooks.policies import LATEST_BEGIN, retry_after
from cms.webhooks.queries import is_due, list_sealed
from cms.webhooks.services.endpoints import seal_anew
from cms.webhooks.services.messages import purge_deliveries
from cms.webhooks.services.sending import exchange
from cms.webhooks.signatures import signature_header

log = get_logger(__name__)
GATHER_SECONDS = 0.1
"""Results of this time are written together."""
LIMITS = Limits(seconds=10.0, header_bytes=16 * 1024, body_bytes=64 * 1024)
LONGEST_WAIT_AT_END = timedelta(seconds=12)


class Sender:
    """Sends messages to endpoints. One per process; `step` is called again and again on one thread, inside an application context."""

    def __init__(self, outbound: Outbound, bulkhead: Bulkhead, interval: float) -> None:
        self._bulkhead, self._interval = bulkhead, interval
        # Names whose servers do not answer delay nobody in another lane.
        self._doors = {lane: outbound.apart() for lane in Lane}
        self._threads = {lane: LaneThreads(lane, self._send) for lane in Lane}
        self._results: queue.SimpleQueue[Result | Job] = queue.SimpleQueue()
        self._under_way: dict[str, Job] = {}
        self._seen = -1

    def step(self) -> bool:
        """Queue messages about new lines, begin what is due, and write what has ended; True while something is under way."""
        has_more = self._follow()
        results = self._ended()
        if results or self._has_work():
            self._begin(exchange(results, self._room()))
        else:
            self._begin(())
        return has_more or bool(self._under_way)

    def finish(self) -> None:
        """Send what was taken, and write its results; nothing more is taken."""
        ends_at = clock.monotonic() + LONGEST_WAIT_AT_END.total_seconds()
        while self._under_way and clock.monotonic() < ends_at:
            if results := self._ended():
                exchange(results, Room.of(0))
            self._begin(())
        for threads in self._threads.values():
            threads.end()

    def _follow(self) -> bool:
        """Handle the next lines of the log; True when there may be more."""
        newest = read_heads(runtime().reader).sequence
        if newest == self._seen:
            return False
        handled = follow_log(NAME, fan_out)
        if handled:
            # Who is told asks at once, perhaps another node.
            wait_until_settled()
        if not handled or has_reached(NAME, newest):
            self._seen = newest
            return False
        return True

    def _has_work(self) -> bool:
        with rolled_back():
            return is_due(clock.now())

    def _room(self) -> Room:
        """What is left beside the messages that were taken."""
        at_endpoints = Counter(job.webhook_id for job in self._under_way.values())
        return Room({lane: threads.free() for lane, threads in self._threads.items()}, at_endpoints)

    def _begin(self, jobs: Sequence[Job]) -> None:
        """Begin these messages and what was taken before, as far as there are places."""
        self._under_way |= {job.delivery_id: job for job in jobs}
        for lane, threads in self._threads.items():
            threads.begin(job for job in jobs if job.lane == lane)

    def _ended(self) -> list[Result]:
        """Results that have come in; while something is under way, wait for the first one and a moment more for others."""
        ended: list[Result | Job] = []
        wait = self._interval if self._under_way else 0.0
        with suppress(queue.Empty):
            ended.append(self._results.get(timeout=wait) if wait else self._results.get_nowait())
            until = clock.monotonic() + min(GATHER_SECONDS, self._interval)
            while len(ended) < len(self._under_way):
                ended.append(self._results.get(timeout=max(0.0, until - clock.monotonic())))
        for each in ended:
            job = each if isinstance(each, Job) else each.job
            self._under_way.pop(job.delivery_id, None)
        return [each for each in ended if isinstance(each, Result)]

    def _send(self, job: Job) -> None:
        """One try, on a thread of its own: without the database. A job alone comes back when it was too late to begin."""
        began = clock.monotonic()
        if began - job.taken_at > LATEST_BEGIN.total_seconds():
            self._results.put(job)
            return
        status, error, asked = None, None, None
        try:
            if not job.secrets:
                error = SECRET_LOST
            else:
                with self._bulkhead.outside():
                    door = self._doors[job.lane]
                    reply = door.send("POST", job.url, headers=_headers(job), body=job.body, limits=LIMITS)
                status, asked = reply.status, retry_after(reply.headers)
        except OutboundError as failure:
            error = failure.reason.value
        except Exception:
            log.exception("webhook_not_sent", webhook=job.webhook_id)
            error = "internal"
        milliseconds = round((clock.monotonic() - began) * 1_000)
        self._results.put(Result(job, clock.now(), milliseconds, status, error, asked))


def sender_of(own: Runtime) -> Sender:
    """A sender for this process."""
    return Sender(Outbound(own.settings, own.bulkhead), own.bulkhead, own.settings.worker_interval)


def seal_all_anew() -> bool:
    """Seal secrets under the newest key of the ring, after it was rotated; there is never more to do right away."""
    with rolled_back():
        keys = runtime().signing_keys
        old = [
            webhook_id
            for webhook_id, sealed in list_sealed()
            if not all(is_under_newest(keys, each) for each in sealed)
        ]
    for webhook_id in old:
        seal_anew(webhook_id)
    return False


def purge_old() -> bool:
    """Remove messages that are over and old; True when there may be more."""
    return purge_deliveries() > 0


def _headers(job: Job) -> dict[str, str]:
    now = clock.now()
    return {
        "Content-Type": "application/json",
        "webhook-id": job.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature_header(job.secrets, job.message_id, now, job.body),
    }
