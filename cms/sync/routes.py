"""Copies of what is published, over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.http.api import Blueprint
from cms.core.http.operations import Operations
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest, serves
from cms.sync import pages
from cms.sync.schemas import check_sync_query, sync_query, sync_schema

CONTENT = "content:read"

operations = Operations[DeliveredTypes]()


def sync_blueprint(types: DeliveredTypes) -> Blueprint:
    """The routes for copies of these content types."""
    blueprint = Blueprint("sync", __name__, url_prefix="/v1")
    operations.mount(blueprint, types)
    return blueprint


@operations.route(
    "/sync",
    serves(CONTENT),
    query=sync_query,
    answer=sync_schema,
    problems=(400, 401, 403, 410, 503),
    is_conditional=True,
    tags=["delivery"],
)
def read_sync_page(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """Keep a copy of what is published.

    Without `position` the first page of a new copy; with it what has changed since, each item once, in its last state. Follow
    `links.next` while `meta.complete` is false; then keep it and ask again for news. 410 `position_expired`: begin anew at `snapshot`.
    """
    check_sync_query(types, query)
    return pages.read_page(request, types, query)
