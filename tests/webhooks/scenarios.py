"""Scenarios of tests/test_services.py: endpoints, their messages, and what a sender writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.permissions import Actor
from cms.webhooks.jobs import Job, Result, Room
from cms.webhooks.models import DeliveryState, WebhookDelivery
from cms.webhooks.services import endpoints, messages, sending
from tests.access.world import World
from tests.factories import add_published_post

Act = Callable[[], Any]
Scenario = Callable[[World], Act]
VALUES = {"url": "https://situs.example/hook"}
FIRST = frozenset({1})


def admin_of(world: World) -> Actor:
    actor: Actor = world.callers["admin"].actor
    return actor


def added(world: World) -> tuple[str, str]:
    """A consumer and an endpoint of it."""
    consumer = world.consumer()
    with world.app.app_context():
        return consumer, endpoints.add_webhook(admin_of(world), consumer, VALUES).webhook.id


def add(world: World) -> Act:
    consumer = world.consumer()
    return lambda: endpoints.add_webhook(admin_of(world), consumer, VALUES)


def on_endpoint(act: Callable[..., Any], *more: Any, **named: Any) -> Scenario:
    def prepare(world: World) -> Act:
        consumer, webhook = added(world)
        return lambda: act(admin_of(world), consumer, webhook, *more, **named)

    return prepare


def seal_anew(world: World) -> Act:
    _consumer, webhook = added(world)
    return lambda: endpoints.seal_anew(webhook)


def replay(world: World) -> Act:
    consumer, webhook = added(world)
    add_published_post(world.app)
    return lambda: messages.replay_messages(admin_of(world), consumer, webhook, 1, 500)


def taken(world: World) -> Job:
    """A message that a sender has taken."""
    consumer, webhook = added(world)
    with world.app.app_context():
        messages.ping_webhook(admin_of(world), consumer, webhook)
        (job,) = sending.exchange([], Room.of(1))
    return job


def exchange(world: World) -> Act:
    """The result that ends an endpoint: it is the one that the log tells of."""
    job = taken(world)
    return lambda: sending.exchange([Result(job, clock.now(), 5, 410)], Room.of(1))


def exchange_success(world: World) -> Act:
    job = taken(world)
    return lambda: sending.exchange([Result(job, clock.now(), 5, 204)], Room.of(1))


def purge(world: World) -> Act:
    """A message that was over long ago."""
    taken(world)
    old = {"created_at": clock.now() - timedelta(days=40), "state": DeliveryState.DELIVERED}
    with world.app.app_context(), unit_of_work() as unit:
        unit.session.execute(update(WebhookDelivery).values(**old))
    return messages.purge_deliveries


SCENARIOS: dict[str, Scenario] = {
    "webhooks.add_webhook": add,
    "webhooks.update_webhook": on_endpoint(endpoints.update_webhook, FIRST, {"state": "paused"}),
    "webhooks.rotate_secret": on_endpoint(endpoints.rotate_secret, FIRST, overlap_hours=1),
    "webhooks.delete_webhook": on_endpoint(endpoints.delete_webhook, FIRST),
    "webhooks.seal_anew": seal_anew,
    "webhooks.ping_webhook": on_endpoint(messages.ping_webhook),
    "webhooks.replay_messages": replay,
    "webhooks.purge_deliveries": purge,
    "webhooks.exchange": exchange,
    "webhooks.exchange success": exchange_success,
}
# Test messages, results of single messages and what only changes how a secret lies in the database.
SILENT = {
    "webhooks.ping_webhook",
    "webhooks.seal_anew",
    "webhooks.purge_deliveries",
    "webhooks.exchange success",
}
