"""Two senders as processes of their own on one database, of which one is killed or frozen in the middle of sending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from cms.core import clock
from cms.core.db import rolled_back, session, unit_of_work
from cms.core.errors import Unavailable
from cms.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from cms.webhooks.policies import LEASE
from config import PROJECT_ROOT
from tests.agencies.administration import Caller
from tests.database import under_test
from tests.factories import add_published_post
from tests.webhooks.receivers import Answer, Received, Receiver, receiving
from tests.webhooks.sending import endpoint

ENDPOINTS, LINES, KILLS = 6, 25, 3
PATIENCE_SECONDS = 60.0
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="signals and processes of Linux")]


@dataclass
class Watched:
    """Answers after a while, and knows from when to when it had each message of each endpoint."""

    seconds: float = 0.1
    times: dict[tuple[str, str], list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    hold: threading.Event | None = None

    def __call__(self, request: Received) -> Answer:
        if self.hold is not None:
            self.hold.wait(PATIENCE_SECONDS)
        time.sleep(self.seconds)
        self.times[request.headers["host"], request.headers["webhook-id"]].append((request.at, time.monotonic()))
        return 204, {}


@contextmanager
def workers(environment: Mapping[str, str], receiver: Receiver, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Background workers whose sender reaches this receiver."""
    opened = {"OUTBOUND_HTTP": "true", "OUTBOUND_NETWORKS": "127.0.0.0/8", "OUTBOUND_PORTS": str(receiver.port)}
    variables = {**os.environ, **environment, **opened, "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-m", "cms", "worker"]
    started = [subprocess.Popen(command, cwd=PROJECT_ROOT, env=variables) for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def until(app: Flask, holds: Callable[[], bool]) -> None:
    """Wait until this holds; it may read the database."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    with app.app_context():
        while True:
            with rolled_back():
                if holds():
                    return
            assert time.monotonic() < ends_at, "that did not come"
            time.sleep(0.05)


def left() -> int:
    return session.scalar(select(func.count()).where(WebhookDelivery.state == DeliveryState.WAITING)) or 0


def freeze_between_writes(app: Flask, process: subprocess.Popen[bytes]) -> None:
    """Frozen in the middle of a write, it would keep all others of SQLite waiting: that is another test's subject."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        process.send_signal(signal.SIGSTOP)
        try:
            with app.app_context(), unit_of_work():
                return
        except Unavailable:
            process.send_signal(signal.SIGCONT)
            assert time.monotonic() < ends_at
            time.sleep(0.05)


def a_minute_passes(app: Flask) -> None:
    """The leases of processes that are gone end."""
    with app.app_context(), unit_of_work() as unit:
        leased = update(WebhookDelivery).where(WebhookDelivery.lease.is_not(None))
        unit.session.execute(leased.values(next_at=clock.now() - LEASE))


@pytest.fixture
def hooks(app: Flask, admin: Caller, webhooks: str) -> Callable[[Receiver], list[str]]:
    """Endpoints at a receiver that have answered before, and lines that they are to be told of; returns ids."""

    def add(receiver: Receiver) -> list[str]:
        ids = [endpoint(app, admin, webhooks, receiver)["id"] for _ in range(ENDPOINTS)]
        with app.app_context(), unit_of_work() as unit:
            for number, webhook_id in enumerate(ids):
                webhook = unit.session.get_one(Webhook, webhook_id)
                # Each has an address of its own, by which its requests are told apart.
                webhook.url, webhook.last_success_at = f"http://127.0.0.{number + 1}:{receiver.port}/", clock.now()
        return ids

    return add


def test_two_senders_of_which_one_is_killed_again_and_again_lose_nothing_and_send_nothing_twice_at_once(
    app: Flask, environment: dict[str, str], hooks: Callable[[Receiver], list[str]]
) -> None:
    under_test()
    watched = Watched()
    with receiving(watched, "0.0.0.0") as receiver:  # noqa: S104 - every address of this machine
        hooks(receiver)
        for _ in range(LINES):
            add_published_post(app)
        in_flight = 0
        for _kill in range(KILLS):
            with workers(environment, receiver, 2) as (doomed, living):
                enough = len(receiver.received) + 10
                until(app, partial(lambda wanted: len(receiver.received) > wanted, enough))
                doomed.send_signal(signal.SIGKILL)
                doomed.wait()
                living.send_signal(signal.SIGKILL)
                living.wait()
            with app.app_context(), rolled_back():
                in_flight += session.scalar(select(func.count()).where(WebhookDelivery.lease.is_not(None))) or 0
            time.sleep(3 * watched.seconds)
            a_minute_passes(app)
        with workers(environment, receiver, 2):
            until(app, lambda: left() == 0 and len(watched.times) == ENDPOINTS * LINES)

    assert len(watched.times) == ENDPOINTS * LINES, "nothing is lost"
    doubles = sum(len(times) - 1 for times in watched.times.values())
    assert doubles <= in_flight, "only what was under way when its sender died comes twice"
    for times in watched.times.values():
        ordered = sorted(times)
        for (_began, ended), (next_began, _next_ended) in pairwise(ordered):
            assert ended <= next_began, "never by two senders at once"


def test_the_results_of_a_sender_that_was_frozen_count_for_nothing(
    app: Flask, environment: dict[str, str], hooks: Callable[[Receiver], list[str]]
) -> None:
    under_test()
    watched = Watched(seconds=0.0, hold=threading.Event())
    with receiving(watched, "0.0.0.0") as receiver:  # noqa: S104
        ids = hooks(receiver)
        add_published_post(app)
        with workers(environment, receiver, 1) as (frozen,):
            until(app, lambda: len(receiver.received) == ENDPOINTS)
            freeze_between_writes(app, frozen)
            assert watched.hold is not None
            watched.hold.set()
            a_minute_passes(app)
            with app.app_context(), rolled_back():
                leases = dict(session.execute(select(WebhookDelivery.id, WebhookDelivery.lease)).all())
            with workers(environment, receiver, 1):
                until(app, lambda: left() == 0)
                frozen.send_signal(signal.SIGCONT)
                frozen.send_signal(signal.SIGTERM)
                assert frozen.wait(PATIENCE_SECONDS) == 0

    with app.app_context():
        messages = session.scalars(select(WebhookDelivery)).all()
        assert [(len(message.tries), message.state) for message in messages] == [(1, "delivered")] * ENDPOINTS
        assert set(leases.values()) != {None}
        assert {session.get_one(Webhook, webhook_id).failures for webhook_id in ids} == {0}
