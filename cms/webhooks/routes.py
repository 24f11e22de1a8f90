"""Endpoints of consumers: /manage/v1/consumers/{id}/webhooks."""

from __future__ import annotations

from functools import partial
from typing import Any

from cms.consumers.queries import get_consumer
from cms.consumers.routes import CONSUMER_ID
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer, whole_answer
from cms.core.http.api import CHANGE_PROBLEMS, WRITE_PROBLEMS, Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import PageQuerySchema, many, one
from cms.core.permissions import Permission
from cms.webhooks import queries
from cms.webhooks.presenter import render_delivery, render_webhook, render_with_secret
from cms.webhooks.schemas import (
    DeliveryQuerySchema,
    ReplayedSchema,
    ReplaySchema,
    SecretRotationSchema,
    WebhookCreateSchema,
    WebhookDeliverySchema,
    WebhookSchema,
    WebhookUpdateSchema,
    WebhookWithSecretSchema,
)
from cms.webhooks.services import endpoints, messages

blp = Blueprint(
    "webhooks",
    __name__,
    url_prefix="/manage/v1/consumers/<consumer_id>/webhooks",
    description="Addresses of websites and apps that are told of changes (Standard Webhooks 1.0.0).",
)
WEBHOOK_ID = {"name": "webhook_id", "in": "path", "description": "Id of the endpoint."}
_ONE = "/<webhook_id>"
_PLACES = [CONSUMER_ID, WEBHOOK_ID]


@blp.route("", parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_READ)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, many(WebhookSchema))
@blp.problems(400, 401, 403, 404)
def list_webhooks(query: dict[str, Any], consumer_id: str) -> Answer:
    """List the endpoints of a consumer.

    In the order in which they were added; a consumer has at most 10.
    """
    page = PageRequest(query)
    get_consumer(consumer_id)
    rows = queries.list_webhooks(consumer_id, after=page.after[0] if page.after else None, limit=page.fetch)
    return page.answer(rows, render_webhook, lambda webhook: [webhook.id])


@blp.route("", methods=["POST"], parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(WebhookCreateSchema)
@blp.response(201, one(WebhookWithSecretSchema))
@blp.problems(*WRITE_PROBLEMS)
def add_webhook(values: dict[str, Any], consumer_id: str) -> Answer:
    """Add an endpoint.

    `data.secret` signs the messages: it is shown this once. The endpoint is told of what happens from now on.
    """
    return _with_secret(endpoints.add_webhook(current_actor(), consumer_id, values))


@blp.route(_ONE, parameters=_PLACES)
@requires(Permission.CONSUMER_READ)
@blp.response(200, one(WebhookSchema))
@blp.problems(400, 401, 403, 404)
def read_webhook(consumer_id: str, webhook_id: str) -> Answer:
    """Read an endpoint.

    The answer's ETag is what a change must send in If-Match.
    """
    webhook = queries.get_webhook(consumer_id, webhook_id)
    return one_answer(render_webhook(webhook), webhook.version)


@blp.route(_ONE, methods=["PATCH"], parameters=_PLACES)
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(WebhookUpdateSchema)
@blp.response(200, one(WebhookSchema))
@blp.problems(*CHANGE_PROBLEMS)
def update_webhook(changes: dict[str, Any], consumer_id: str, webhook_id: str) -> Answer:
    """Change an endpoint, pause it, or switch it on again.

    JSON merge patch (RFC 7396). A paused or disabled endpoint misses what happens meanwhile; a replay brings it.
    """
    webhook = endpoints.update_webhook(current_actor(), consumer_id, webhook_id, expected_version(), changes)
    return one_answer(render_webhook(webhook), webhook.version)


@blp.route(_ONE, methods=["DELETE"], parameters=_PLACES)
@requires(Permission.CONSUMER_WRITE)
@blp.response(204)
@blp.problems(400, 401, 403, 404, 412, 428)
def delete_webhook(consumer_id: str, webhook_id: str) -> None:
    """Remove an endpoint.

    Its messages are removed too.
    """
    endpoints.delete_webhook(current_actor(), consumer_id, webhook_id, expected_version())


@blp.route(f"{_ONE}/rotate", methods=["POST"], parameters=_PLACES)
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(SecretRotationSchema)
@blp.response(200, one(WebhookWithSecretSchema))
@blp.problems(*CHANGE_PROBLEMS)
def rotate_webhook_secret(values: dict[str, Any], consumer_id: str, webhook_id: str) -> Answer:
    """Replace the secret without a gap.

    For `overlap_hours` (24 when absent) messages carry a signature of each of the two secrets.
    """
    rotated = endpoints.rotate_secret(current_actor(), consumer_id, webhook_id, expected_version(), **values)
    return one_answer(render_with_secret(rotated.webhook, rotated.secret), rotated.webhook.version)


@blp.route(f"{_ONE}/ping", methods=["POST"], parameters=_PLACES)
@requires(Permission.CONSUMER_WRITE)
@blp.response(202, one(WebhookDeliverySchema))
@blp.problems(400, 401, 403, 404, 409)
def ping_webhook(consumer_id: str, webhook_id: str) -> Answer:
    """Send a test message (`webhook.ping`).

    How it went stands in the list of messages within seconds.
    """
    webhook, delivery = messages.ping_webhook(current_actor(), consumer_id, webhook_id)
    return whole_answer(render_delivery(webhook, delivery), 202)


@blp.route(f"{_ONE}/replay", methods=["POST"], parameters=_PLACES)
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(ReplaySchema)
@blp.response(202, one(ReplayedSchema))
@blp.problems(*WRITE_PROBLEMS)
def replay_webhook_messages(values: dict[str, Any], consumer_id: str, webhook_id: str) -> Answer:
    """Send messages again, or for the first time.

    About the lines of the log from `from` to `to`, both included, as far as the endpoint is told of such lines now.
    """
    count = messages.replay_messages(current_actor(), consumer_id, webhook_id, values["first"], values["last"])
    return whole_answer({"messages": count}, 202)


@blp.route(f"{_ONE}/deliveries", parameters=_PLACES)
@requires(Permission.CONSUMER_READ)
@blp.arguments(DeliveryQuerySchema, location="query")
@blp.response(200, many(WebhookDeliverySchema))
@blp.problems(400, 401, 403, 404)
def list_webhook_deliveries(query: dict[str, Any], consumer_id: str, webhook_id: str) -> Answer:
    """List messages to an endpoint.

    The newest first, with their last tries; kept for 30 days.
    """
    page = PageRequest(query)
    webhook = queries.get_webhook(consumer_id, webhook_id)
    rows = queries.list_deliveries(
        webhook_id, states=query.get("state", ()), before=page.after[0] if page.after else None, limit=page.fetch
    )
    return page.answer(rows, partial(render_delivery, webhook), lambda delivery: [delivery.id])


def _with_secret(added: endpoints.WithSecret) -> Answer:
    webhook = added.webhook
    path = f"/manage/v1/consumers/{webhook.consumer_id}/webhooks/{webhook.id}"
    return created_answer(render_with_secret(webhook, added.secret), webhook.version, path)
