"""Management of consumers and their delivery keys: /manage/v1/consumers."""

from __future__ import annotations

from typing import Any

from cms.consumers import queries, services
from cms.consumers.presenter import render_consumer, render_issued_key, render_key
from cms.consumers.schemas import (
    ConsumerCreateSchema,
    ConsumerQuerySchema,
    ConsumerSchema,
    ConsumerUpdateSchema,
    IssuedKeySchema,
    KeyCreateSchema,
    KeyRotationSchema,
    KeySchema,
)
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import CHANGE_PROBLEMS, WRITE_PROBLEMS, Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.openapi_parts import IF_MATCH_OR_ANY
from cms.core.http.schemas import PageQuerySchema, many, one
from cms.core.permissions import Permission

blp = Blueprint(
    "consumers", __name__, url_prefix="/manage/v1/consumers", description="Websites and apps that pull, and their keys."
)
CONSUMER_ID = {"name": "consumer_id", "in": "path", "description": "Id of the consumer."}
KEY_ID = {"name": "key_id", "in": "path", "description": "Id of the key; not the key itself."}


@blp.route("")
@requires(Permission.CONSUMER_READ)
@blp.arguments(ConsumerQuerySchema, location="query")
@blp.response(200, many(ConsumerSchema))
@blp.problems(400, 401, 403)
def list_consumers(query: dict[str, Any]) -> Answer:
    """List consumers.

    In the order in which they were registered, those that are switched off included.
    """
    page = PageRequest(query)
    rows = queries.list_consumers(
        kinds=query.get("kind", ()),
        agencies=query.get("agency", ()),
        active=query.get("active"),
        after=page.after[0] if page.after else None,
        limit=page.fetch,
    )
    return page.answer(rows, render_consumer, lambda consumer: [consumer.id])


@blp.route("", methods=["POST"])
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(ConsumerCreateSchema)
@blp.response(201, one(ConsumerSchema))
@blp.problems(400, 401, 403, 413, 415, 422)
def register_consumer(values: dict[str, Any]) -> Answer:
    """Register a website or app.

    It can pull as soon as it has a key.
    """
    consumer = services.register_consumer(current_actor(), values)
    return created_answer(render_consumer(consumer), consumer.version, f"/manage/v1/consumers/{consumer.id}")


@blp.route("/<consumer_id>", parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_READ)
@blp.response(200, one(ConsumerSchema))
@blp.problems(400, 401, 403, 404)
def read_consumer(consumer_id: str) -> Answer:
    """Read a consumer.

    The answer's ETag is what a change must send in If-Match.
    """
    consumer = queries.get_consumer(consumer_id)
    return one_answer(render_consumer(consumer), consumer.version)


@blp.route("/<consumer_id>", methods=["PATCH"], parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(ConsumerUpdateSchema)
@blp.response(200, one(ConsumerSchema))
@blp.problems(400, 401, 403, 404, 412, 413, 415, 422, 428)
def update_consumer(changes: dict[str, Any], consumer_id: str) -> Answer:
    """Change a consumer, or switch it off.

    JSON merge patch (RFC 7396). With `is_active` false its keys stop working with the next request.
    """
    consumer = services.update_consumer(current_actor(), consumer_id, expected_version(), changes)
    return one_answer(render_consumer(consumer), consumer.version)


@blp.route("/<consumer_id>/keys", parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_READ)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, many(KeySchema))
@blp.problems(400, 401, 403, 404)
def list_keys(query: dict[str, Any], consumer_id: str) -> Answer:
    """List the keys of a consumer.

    In the order in which they were made, ended ones included. The keys themselves are never shown again.
    """
    page = PageRequest(query)
    queries.get_consumer(consumer_id)
    rows = queries.list_keys(consumer_id, after=page.after[0] if page.after else None, limit=page.fetch)
    return page.answer(rows, render_key, lambda key: [key.id])


@blp.route("/<consumer_id>/keys", methods=["POST"], parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(KeyCreateSchema)
@blp.response(201, one(IssuedKeySchema))
@blp.problems(*WRITE_PROBLEMS)
def create_key(values: dict[str, Any], consumer_id: str) -> Answer:
    """Make a delivery key.

    `data.key` is the key itself: it is shown this once and stored nowhere. A consumer may have several keys at a time.
    """
    issued = services.create_key(current_actor(), consumer_id, **values)
    return _issued(consumer_id, issued)


@blp.route("/<consumer_id>/keys/<key_id>", parameters=[CONSUMER_ID, KEY_ID])
@requires(Permission.CONSUMER_READ)
@blp.response(200, one(KeySchema))
@blp.problems(400, 401, 403, 404)
def read_key(consumer_id: str, key_id: str) -> Answer:
    """Read what is known of a key.

    The answer's ETag is what rotating and revoking must send in If-Match.
    """
    key = queries.get_key(consumer_id, key_id)
    return one_answer(render_key(key), key.version)


@blp.route("/<consumer_id>/keys/<key_id>/rotate", methods=["POST"], parameters=[CONSUMER_ID, KEY_ID])
@requires(Permission.CONSUMER_WRITE)
@blp.arguments(KeyRotationSchema)
@blp.response(201, one(IssuedKeySchema))
@blp.problems(*CHANGE_PROBLEMS)
def rotate_key(values: dict[str, Any], consumer_id: str, key_id: str) -> Answer:
    """Replace a key without a gap.

    Answers the successor, with the same label, scopes and agencies. The old key goes on working for `overlap_days` (7 when
    absent, 30 at most; 0 ends it now), so that a website can change over.
    """
    issued = services.rotate_key(current_actor(), consumer_id, key_id, expected_version(), **values)
    return _issued(consumer_id, issued)


@blp.route("/<consumer_id>/keys/<key_id>", methods=["DELETE"], parameters=[CONSUMER_ID, KEY_ID])
@requires(Permission.CONSUMER_WRITE)
@blp.response(204)
@blp.problems(400, 401, 403, 404, 412, 428)
@blp.doc(parameters=[IF_MATCH_OR_ANY])
def revoke_key(consumer_id: str, key_id: str) -> None:
    """Revoke a key.

    It stops working with the next request and stays in the list.
    """
    services.revoke_key(current_actor(), consumer_id, key_id, expected_version(or_any=True))


def _issued(consumer_id: str, issued: services.IssuedKey) -> Answer:
    """201 with the key itself."""
    path = f"/manage/v1/consumers/{consumer_id}/keys/{issued.key.id}"
    return created_answer(render_issued_key(issued.key, issued.text), issued.key.version, path)
