"""The sender: it takes messages from the queue, sends them on threads of its own, and brings the results back.

No transaction is open while something is sent. Several senders may run at once: messages are leased. A sender that dies loses nothing: its
leases end after a minute, and the messages are sent again (at least once).
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from cms.changes.followers import follow_log
from cms.changes.heads import read_heads
from cms.core import clock
from cms.core.bulkhead import Bulkhead
from cms.core.db import rolled_back
from cms.core.logging import get_logger
from cms.core.outbound import Outbound
from cms.core.outbound_requests import Limits
from cms.core.outbound_rules import OutboundError
from cms.core.runtime import Runtime, runtime
from cms.core.sealed_secrets import is_under_newest
from cms.webhooks.followers import NAME, fan_out
from cms.webhooks.jobs import SECRET_LOST, Job, Result, Room, busy_endpoints
from cms.webhooks.policies import retry_after
from cms.webhooks.queries import is_due, list_sealed
from cms.webhooks.services.endpoints import seal_anew
from cms.webhooks.services.messages import purge_deliveries
from cms.webhooks.services.sending import exchange
from cms.webhooks.signatures import signature_header

log = get_logger(__name__)
PROVEN_THREADS, UNPROVEN_THREADS = 24, 48
"""Most endpoints answer in milliseconds. Those that fail or never answered have threads of their own, so that they delay nobody else."""
LIMITS = Limits(seconds=10.0, header_bytes=16 * 1024, body_bytes=64 * 1024)
LONGEST_WAIT_AT_END = timedelta(seconds=12)


class Sender:
    """Sends messages to endpoints. One per process; `step` is called again and again on one thread, inside an application context."""

    def __init__(self, outbound: Outbound, bulkhead: Bulkhead, interval: float) -> None:
        self._outbound, self._bulkhead, self._interval = outbound, bulkhead, interval
        self._proven = ThreadPoolExecutor(PROVEN_THREADS, thread_name_prefix="webhooks")
        self._unproven = ThreadPoolExecutor(UNPROVEN_THREADS, thread_name_prefix="webhooks-slow")
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._under_way: dict[str, Job] = {}
        self._seen = -1

    def step(self) -> bool:
        """Queue messages about new lines, begin what is due, and write what has ended; True while something is under way."""
        has_more = self._follow()
        results = self._ended()
        if results or self._has_work():
            self._begin(exchange(results, self._room()))
        return has_more or bool(self._under_way)

    def finish(self) -> None:
        """Wait for what is under way, and write its results; nothing new is begun."""
        ends_at = clock.monotonic() + LONGEST_WAIT_AT_END.total_seconds()
        while self._under_way and clock.monotonic() < ends_at:
            if results := self._ended():
                exchange(results, Room(0, 0))
        for pool in (self._proven, self._unproven):
            pool.shutdown(wait=False, cancel_futures=True)

    def _follow(self) -> bool:
        """Handle the next lines of the log; True when there may be more."""
        newest = read_heads(runtime().reader).sequence
        if newest == self._seen:
            return False
        handled = follow_log(NAME, fan_out)
        if not handled:
            self._seen = newest
        return handled > 0

    def _has_work(self) -> bool:
        with rolled_back():
            return is_due(clock.now())

    def _room(self) -> Room:
        proven = sum(job.is_proven for job in self._under_way.values())
        return Room(
            PROVEN_THREADS - proven,
            UNPROVEN_THREADS - (len(self._under_way) - proven),
            busy_endpoints(self._under_way.values()),
        )

    def _begin(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._under_way[job.delivery_id] = job
            (self._proven if job.is_proven else self._unproven).submit(self._send, job)

    def _ended(self) -> list[Result]:
        """Results that have come in; while something is under way, wait a moment for the first one."""
        results: list[Result] = []
        try:
            if self._under_way:
                results.append(self._results.get(timeout=self._interval))
            while True:
                results.append(self._results.get_nowait())
        except queue.Empty:
            for result in results:
                self._under_way.pop(result.job.delivery_id, None)
            return results

    def _send(self, job: Job) -> None:
        """One try, on a thread of its own: without the database."""
        began = clock.monotonic()
        status, error, asked = None, None, None
        try:
            if not job.secrets:
                error = SECRET_LOST
            else:
                with self._bulkhead.outside():
                    reply = self._outbound.send("POST", job.url, headers=_headers(job), body=job.body, limits=LIMITS)
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
        old = [webhook_id for webhook_id, secret in list_sealed() if not is_under_newest(keys, secret)]
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
