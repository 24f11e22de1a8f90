"""Endpoints and messages as the API writes them, and the message itself; a secret is written once, when it is made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.changes.models import Change
from cms.changes.public_lines import PublicLine, line_for_readers
from cms.core import clock
from cms.core.versions import written
from cms.webhooks.models import Webhook, WebhookDelivery
from cms.webhooks.policies import event_type

PING = "webhook.ping"


def render_webhook(webhook: Webhook) -> dict[str, Any]:
    """What may be known of an endpoint after it was added."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "label": webhook.label,
        "types": webhook.types,
        "agencies": webhook.agencies,
        "actions": webhook.actions,
        "state": webhook.state,
        "disabled_because": webhook.disabled_because,
        "failures": webhook.failures,
        "failing_since": webhook.failing_since,
        "last_success_at": webhook.last_success_at,
        "previous_secret_until": webhook.previous_ends_at,
        "version": written(webhook.version),
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    }


def render_with_secret(webhook: Webhook, secret: str) -> dict[str, Any]:
    """An endpoint with the secret that was just made: this once."""
    return {**render_webhook(webhook), "secret": secret}


def render_delivery(webhook: Webhook, delivery: WebhookDelivery) -> dict[str, Any]:
    """A message and how it went; while its endpoint rests it is not tried."""
    is_over = delivery.finished_at is not None
    next_at = max(delivery.next_at, webhook.rests_until or delivery.next_at)
    return {
        "id": delivery.id,
        "message": delivery.message_id,
        "sequence": delivery.sequence,
        "state": delivery.state,
        "next_try_at": None if is_over else next_at,
        "tries": delivery.tries,
        "created_at": delivery.created_at,
        "finished_at": delivery.finished_at,
    }


def message_id(change: Change, epoch: str) -> str:
    """The `webhook-id` of the message about a line: the same for every endpoint, and whenever it is sent again."""
    return f"{epoch}-{change.sequence}"


def render_message(change: Any, epoch: str, public_url: str, plurals: dict[str, str]) -> dict[str, Any]:
    """The body of the message about a line (of `Change`, or a row with its columns): thin, never content; `url` is where the item is read
    with a key.
    """
    plural = plurals.get(change.resource_type)
    line = line_for_readers(
        epoch,
        PublicLine(
            change.sequence,
            change.recorded_at,
            change.action,
            change.resource_type,
            change.resource_id,
            change.agency,
            change.facts,
        ),
    )
    return {
        "type": event_type(change),
        "timestamp": line.pop("recorded_at"),
        "data": {
            "epoch": epoch,
            **{name: value for name, value in line.items() if name != "action"},
            "url": None if plural is None else f"{public_url}/v1/{plural}/{change.resource_id}",
        },
    }


def render_ping(webhook_id: str, at: datetime) -> dict[str, Any]:
    """The body of a ping."""
    return {"type": PING, "timestamp": clock.rfc3339(at), "data": {"webhook": webhook_id}}
