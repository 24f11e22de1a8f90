"""Messages that people ask for (pings, replays), and the end of old ones."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from cms.changes.actions import Action
from cms.changes.log import record
from cms.consumers.queries import get_consumer
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import Conflict, invalid_field
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.webhooks.models import DeliveryState, Webhook, WebhookDelivery, WebhookState
from cms.webhooks.policies import DAYS_KEPT, MOST_REPLAYED, wants
from cms.webhooks.queries import get_webhook, lines_to_tell
from cms.webhooks.queueing import queue_messages

PURGED_AT_ONCE = 1_000


def ping_webhook(actor: Actor, consumer_id: str, webhook_id: str) -> tuple[Webhook, WebhookDelivery]:
    """Queue a test message. Raises `NotFound`, `Forbidden`, `Conflict("wrong_state")` unless the endpoint is active."""
    with unit_of_work() as unit:
        webhook = _active(actor, consumer_id, webhook_id)
        delivery_id, now = new_id(), clock.now()
        delivery = WebhookDelivery(
            id=delivery_id, webhook_id=webhook.id, message_id=f"ping-{delivery_id}", sequence=None, tries=[], failures=0,
            state=DeliveryState.WAITING.value, next_at=now, created_at=now,
        )  # fmt: skip
        unit.add(delivery)
    return webhook, delivery


def replay_messages(actor: Actor, consumer_id: str, webhook_id: str, first: int, last: int) -> int:
    """Send the messages about lines `first` to `last` (sequences, both included) again, or for the first time; returns how many.

    What the endpoint does not want to be told of is left out. Raises `NotFound`, `Forbidden`, `Conflict("wrong_state")`, and
    `Invalid` for a range that is empty or longer than `MOST_REPLAYED`.
    """
    if last < first:
        raise invalid_field("/to", "too_small", min=first)
    if last - first >= MOST_REPLAYED:
        raise invalid_field("/to", "too_big", max=first + MOST_REPLAYED - 1)
    with unit_of_work() as unit:
        webhook = _active(actor, consumer_id, webhook_id)
        lines = [line for line in lines_to_tell(first, last) if wants(webhook, line)]
        queue_messages(unit, [(webhook.id, line) for line in lines], again=True)
        record(unit, Action.WEBHOOK_REPLAYED, webhook.id, actor, agency=get_consumer(consumer_id).agency)
    return len(lines)


def purge_deliveries() -> int:
    """Remove messages that are over and older than `DAYS_KEPT` days, some at a time; returns how many."""
    over = (
        WebhookDelivery.created_at < clock.now() - timedelta(days=DAYS_KEPT),
        WebhookDelivery.state != DeliveryState.WAITING,
    )
    with unit_of_work() as unit:
        old = unit.session.scalars(select(WebhookDelivery.id).where(*over).limit(PURGED_AT_ONCE)).all()
        unit.session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(old)))
    return len(old)


def _active(actor: Actor, consumer_id: str, webhook_id: str) -> Webhook:
    consumer = get_consumer(consumer_id)
    authorize(actor, Permission.CONSUMER_WRITE, Target(agency=consumer.agency))
    webhook = get_webhook(consumer_id, webhook_id, lock=True)
    if webhook.state != WebhookState.ACTIVE or not consumer.is_active:
        state = webhook.state if consumer.is_active else "inactive"
        raise Conflict("wrong_state", state=state, operation="ping", when=WebhookState.ACTIVE.value)
    return webhook
