"""What the queue costs: as much for many messages and endpoints as for few, and one endpoint's backlog is no other's business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from cms.changes.followers import follow_log
from cms.core import clock
from cms.core.db import session, table_of, unit_of_work
from cms.core.ids import new_id
from cms.webhooks.followers import NAME, fan_out
from cms.webhooks.jobs import Job, Lane, Result, Room
from cms.webhooks.models import Webhook, WebhookDelivery
from cms.webhooks.services.sending import exchange
from cms.webhooks.tasks import Sender
from tests.agencies.administration import Caller
from tests.conftest import counted_statements
from tests.factories import add_consumer, add_published_post
from tests.webhooks.receivers import receiving
from tests.webhooks.sending import endpoint, sender_to, state_of, tried

Moment = Callable[[timedelta], None]
BACKLOG = 2_000
MOST_STATEMENTS = 9
"""Lock endpoints, lock messages, write both; who waits, for what, lock, lease, read."""


def endpoints_of(app: Flask, admin: Caller, count: int, **values: Any) -> list[str]:
    """New endpoints that have answered before."""
    ids: list[str] = []
    while len(ids) < count:
        webhooks = f"consumers/{add_consumer(app)}/webhooks"
        for _ in range(min(10, count - len(ids))):
            made = admin("POST", webhooks, {"url": "https://situs.example/hook", **values})
            ids.append(made.json["data"]["id"])
    with app.app_context(), unit_of_work() as unit:
        unit.session.execute(update(Webhook).where(Webhook.id.in_(ids)).values(last_success_at=clock.now()))
    return ids


def queue(app: Flask, webhook_id: str, count: int, age: timedelta = timedelta()) -> None:
    """Messages (pings) that wait since then."""
    at = clock.now() - age
    rows = [
        {"id": new_id(), "webhook_id": webhook_id, "message_id": f"ping-{new_id()}", "sequence": None, "state": "waiting", "next_at": at,
         "failures": 0, "tries": [], "created_at": at, "lease": None, "finished_at": None}
        for _ in range(count)
    ]  # fmt: skip
    with app.app_context(), unit_of_work() as unit:
        unit.session.execute(insert(table_of(WebhookDelivery)), rows)


def arrived(jobs: list[Job]) -> list[Result]:
    return [Result(job, clock.now(), 5, 204) for job in jobs]


def test_a_hundred_results_take_as_many_statements_as_one(app: Flask, admin: Caller, city: None) -> None:
    counts = []
    for number in (1, 20):
        for webhook_id in endpoints_of(app, admin, number):
            queue(app, webhook_id, 8)
        with app.app_context():
            first = exchange([], Room.of(100))
            with counted_statements(app) as statements:
                second = exchange(arrived(first), Room.of(100))
            assert (len(first), len(second)) == (4 * number, 4 * number)
            counts.append(len(statements))
            exchange(arrived(second), Room.of(0))
    assert counts[0] == counts[1] <= MOST_STATEMENTS + 3


def test_failures_of_many_endpoints_take_as_many_statements_as_one(app: Flask, admin: Caller, city: None) -> None:
    counts = []
    for number in (1, 20):
        for webhook_id in endpoints_of(app, admin, number):
            queue(app, webhook_id, 1)
        with app.app_context():
            jobs = exchange([], Room.of(100))
            with counted_statements(app) as statements:
                exchange([Result(job, clock.now(), 5, 500) for job in jobs], Room.of(0))
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_lines_for_many_endpoints_take_as_many_statements_as_for_one(app: Flask, admin: Caller, city: None) -> None:
    counts = []
    for number in (1, 29):
        endpoints_of(app, admin, number)
        with app.app_context():
            while follow_log(NAME, fan_out):
                pass
        add_published_post(app)
        with app.app_context(), counted_statements(app) as statements:
            assert follow_log(NAME, fan_out) > 0
        counts.append(len(statements))
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(WebhookDelivery)) == 31
    assert counts[0] == counts[1]


def test_who_has_a_backlog_waits_for_itself_alone(app: Flask, admin: Caller, city: None) -> None:
    long, short = endpoints_of(app, admin, 2)
    queue(app, long, BACKLOG, age=timedelta(days=1))
    queue(app, short, 1)
    with app.app_context():
        jobs = exchange([], Room.of(5))
        assert sorted(job.webhook_id for job in jobs) == sorted([short, *[long] * 4])
        assert [job.webhook_id for job in exchange([], Room(dict.fromkeys(Lane, 2), {long: 4}))] == []


def test_a_resting_endpoint_is_not_looked_at_and_its_messages_say_until_when(
    app: Flask, admin: Caller, webhooks: str, moment: Moment
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
    queue(app, made["id"], 50)
    with app.app_context():
        (job,) = exchange([], Room.of(10))
        exchange([Result(job, clock.now(), 5, 503)], Room.of(10))
        rests_until = session.get_one(Webhook, made["id"]).rests_until
    waiting = tried(app, made)
    assert {each["next_try_at"] >= rests_until for each in waiting} == {True}
    with app.app_context():
        assert exchange([], Room.of(10)) == []
        moment(timedelta(seconds=6))
        (job,) = exchange([], Room.of(10))
        assert job.lane is Lane.FAILING
        exchange(arrived([job]), Room.of(0))
        assert len(exchange([], Room.of(10))) == 4
    assert state_of(app, made)["failures"] == 0


def test_the_queue_of_an_endpoint_is_found_by_its_index(
    app: Flask, admin: Caller, city: None, database_url: str
) -> None:
    (webhook_id,) = endpoints_of(app, admin, 1)
    queue(app, webhook_id, BACKLOG)
    explain = "EXPLAIN QUERY PLAN " if database_url.startswith("sqlite") else "EXPLAIN "
    with app.app_context():
        if not database_url.startswith("sqlite"):
            session.connection().exec_driver_sql("ANALYZE webhook_deliveries")
            session.commit()
        statement = "SELECT (SELECT min(next_at) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'waiting') FROM webhooks w"
        plan = "\n".join(str(row) for row in session.connection().exec_driver_sql(explain + statement))
    assert "ix_webhook_deliveries_waiting" in plan


@pytest.mark.parametrize(("seconds", "count"), [(39, 1), (41, 0)])
def test_a_sender_that_was_frozen_begins_nothing_of_what_it_had_taken(
    app: Flask, admin: Caller, webhooks: str, monkeypatch: pytest.MonkeyPatch, seconds: int, count: int
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        queue(app, made["id"], 1)
        sender = sender_to(receiver)
        with app.app_context():
            (job,) = exchange([], Room.of(1))
        late = Job(**{name: getattr(job, name) for name in Job.__slots__} | {"taken_at": job.taken_at - seconds})
        with app.app_context():
            hand_over(sender, late)
            sender.finish()
    assert len(receiver.received) == count
    assert [len(each["tries"]) for each in tried(app, made)] == [count]


def hand_over(sender: Sender, job: Job) -> None:
    sender._begin([job])
