"""Several senders, slow endpoints, and senders that die: nothing twice at once, nothing lost, nobody delayed by another."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from cms.changes.followers import follow_log
from cms.changes.log import read_after
from cms.changes.models import FollowerPosition
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.webhooks.followers import NAME, fan_out
from cms.webhooks.jobs import Result, Room
from cms.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from cms.webhooks.services.sending import exchange
from cms.webhooks.tasks import Sender
from tests.agencies.administration import Caller
from tests.factories import add_consumer, add_published_post
from tests.webhooks.receivers import Received, receiving
from tests.webhooks.sending import drain, endpoint, sender_to

Moment = Callable[[timedelta], None]


def queue_pings(admin: Caller, webhooks: str, webhook_id: str, count: int) -> None:
    for _ in range(count):
        assert admin("POST", f"{webhooks}/{webhook_id}/ping").status_code == 202


def test_lines_that_are_handled_twice_queue_nothing_twice(app: Flask, admin: Caller, webhooks: str) -> None:
    with receiving() as receiver:
        endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
    with app.app_context():
        while follow_log(NAME, fan_out):
            pass
        counted = select(func.count()).select_from(WebhookDelivery)
        before = session.scalar(counted)
        with unit_of_work() as unit:
            unit.session.get_one(FollowerPosition, NAME).sequence = 0
        while follow_log(NAME, fan_out):
            pass
        assert (before, session.scalar(counted)) == (1, 1)
        with unit_of_work() as unit:
            fan_out(unit, read_after(0))
        assert session.scalar(counted) == 1


def test_two_senders_send_nothing_twice(app: Flask, admin: Caller, webhooks: str) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        with app.app_context(), unit_of_work() as unit:
            unit.session.get_one(Webhook, made["id"]).last_success_at = clock.now()
        queue_pings(admin, webhooks, made["id"], 60)
        senders = [sender_to(receiver) for _ in range(2)]
        threads = [threading.Thread(target=drain, args=(app, sender)) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for sender in senders:
            with app.app_context():
                sender.finish()
            drain(app, sender)
    counts = Counter(request.headers["webhook-id"] for request in receiver.received)
    assert (len(counts), set(counts.values())) == (60, {1})


def test_what_a_dead_sender_had_taken_is_sent_a_minute_later_and_its_late_result_counts_for_nothing(
    app: Flask, admin: Caller, webhooks: str, moment: Moment
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        queue_pings(admin, webhooks, made["id"], 1)
        with app.app_context():
            (lost,) = exchange([], Room.of(10))
        living = sender_to(receiver)
        drain(app, living)
        assert receiver.received == []
        moment(timedelta(seconds=61))
        drain(app, living)
        assert len(receiver.received) == 1
    with app.app_context():
        exchange([Result(lost, clock.now(), 5, None, "timed_out")], Room.of(0))
        delivery = session.scalars(select(WebhookDelivery)).one()
        assert (delivery.state, len(delivery.tries)) == (DeliveryState.DELIVERED, 1)
        assert session.get_one(Webhook, made["id"]).failures == 0


def test_a_removed_endpoint_takes_its_results_along(app: Flask, admin: Caller, webhooks: str) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        queue_pings(admin, webhooks, made["id"], 1)
        with app.app_context():
            (job,) = exchange([], Room.of(10))
        assert admin("DELETE", f"{webhooks}/{made['id']}", match='"v1"').status_code == 204
        with app.app_context():
            assert exchange([Result(job, clock.now(), 5, 200)], Room.of(10)) == []


PATIENCE_SECONDS = 120
TIMES_ALONE = 5
"""So much longer messages may take beside endpoints that hang, all of which the sender begins with, than alone on the same machine."""


def seconds_until(app: Flask, sender: Sender, has_come: Callable[[], bool]) -> float:
    """Let the sender work until this has come; how long that took."""
    began = time.monotonic()
    while not has_come():
        assert time.monotonic() - began < PATIENCE_SECONDS
        with app.app_context():
            sender.step()
    return time.monotonic() - began


def seconds_alone(app: Flask, admin: Caller, endpoints: int, lines: int) -> float:
    """How long messages to so many endpoints take where none hangs."""
    with receiving() as receiver:
        webhooks_of = f"consumers/{add_consumer(app)}/webhooks"
        made = [endpoint(app, admin, webhooks_of, receiver)["id"] for _ in range(endpoints)]
        for _ in range(lines):
            add_published_post(app)
        sender = sender_to(receiver)
        taken = seconds_until(app, sender, lambda: len(receiver.received) >= endpoints * lines)
        with app.app_context():
            sender.finish()
        for webhook_id in made:
            version = admin("GET", f"{webhooks_of}/{webhook_id}").headers["ETag"]
            assert admin("DELETE", f"{webhooks_of}/{webhook_id}", match=version).status_code == 204
    return taken


def test_endpoints_that_hang_delay_nobody(app: Flask, admin: Caller, webhooks: str) -> None:
    release = threading.Event()

    def hang(_request: Received) -> None:
        release.wait(2 * PATIENCE_SECONDS)

    alone = seconds_alone(app, admin, 4, 3)
    with receiving(hang) as dead, receiving() as living:
        consumers = [f"consumers/{add_consumer(app)}/webhooks" for _ in range(3)]
        for webhooks_of in consumers:
            for _ in range(8):
                endpoint(app, admin, webhooks_of, dead)
        for _ in range(4):
            endpoint(app, admin, webhooks, living)
        for _ in range(3):
            add_published_post(app)
        sender = sender_to(dead, living)
        seconds = seconds_until(app, sender, lambda: len(living.received) >= 12)
        release.set()
        with app.app_context():
            sender.finish()
    assert len(living.received) == 12
    assert seconds < max(5, TIMES_ALONE * alone)
    # An endpoint that never answered is asked for one message, not for all of them.
    assert len(dead.received) <= 24


def test_many_that_answered_before_and_hang_at_the_same_time_delay_nobody(
    app: Flask, admin: Caller, webhooks: str
) -> None:
    """As when the hosting of half of them fails: more of them than quick tries may be under way."""
    release = threading.Event()

    def hang(_request: Received) -> None:
        release.wait(2 * PATIENCE_SECONDS)

    alone = seconds_alone(app, admin, 1, 1)
    with receiving(hang) as dead, receiving() as living:
        made = [
            endpoint(app, admin, webhooks_of, dead)["id"]
            for webhooks_of in [f"consumers/{add_consumer(app)}/webhooks" for _ in range(4)]
            for _ in range(10)
        ]
        made.append(endpoint(app, admin, webhooks, living)["id"])
        with app.app_context(), unit_of_work() as unit:
            unit.session.execute(update(Webhook).where(Webhook.id.in_(made)).values(last_success_at=clock.now()))
        add_published_post(app)
        sender = sender_to(dead, living)
        seconds = seconds_until(app, sender, lambda: bool(living.received))
        release.set()
        with app.app_context():
            sender.finish()
    assert (len(living.received), len(dead.received) >= 24) == (1, True)
    # Forty endpoints are begun with, where alone it was one.
    assert seconds < max(8, 8 * TIMES_ALONE * alone)


def test_tries_that_fail_at_the_same_time_are_one_failure(app: Flask, admin: Caller, webhooks: str) -> None:
    """An endpoint that is restarted while four messages are on their way is asked again after seconds, not after ten minutes."""
    with receiving(lambda _request: (503, {})) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        with app.app_context(), unit_of_work() as unit:
            unit.session.get_one(Webhook, made["id"]).last_success_at = clock.now()
        queue_pings(admin, webhooks, made["id"], 4)
        drain(app, sender_to(receiver))
    assert len(receiver.received) == 4
    with app.app_context():
        found = session.get_one(Webhook, made["id"])
        assert found.failures == 1
        assert found.rests_until is not None
        assert found.rests_until - clock.now() < timedelta(seconds=7)
