"""Copies of what is published, over HTTP."""

from __future__ import annotations

from typing import Any

from cms.core.http.api import Blueprint
from cms.core.http.operations import Operations, always
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer
from cms.sync import changed_lines, checksums, pages, waiting
from cms.sync.change_schemas import LAST_EVENT_ID, ChangesPageSchema, changes_query, stream_query
from cms.sync.schemas import (
    ChecksumQuerySchema,
    ChecksumsSchema,
    check_sync_query,
    sync_query,
    sync_schema,
)

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
    problems=(400, 401, 403, 410, 414, 503),
    is_conditional=True,
    tags=["delivery"],
)
def read_sync_page(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Keep a copy of what is published.

    Without `position` the first page of a new copy; with it what has changed since, each item once, in its last state. Follow
    `links.next` while `meta.complete` is false; then keep it and ask again for news. 410 `position_expired`: begin anew at `snapshot`.
    """
    check_sync_query(types, query)
    return pages.read_page(request, types, query)


@operations.route(
    "/sync/checksum",
    serves(CONTENT),
    query=ChecksumQuerySchema,
    answer=always(ChecksumsSchema),
    problems=(400, 401, 403, 410, 414, 503),
    is_conditional=True,
    tags=["delivery"],
)
def read_checksum(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Check a copy without a download.

    Count and hash of what it should have, by type. Compare when `meta.complete` is true; where they differ, begin the copy anew.
    """
    return checksums.read_checksum(request, types, query)


@operations.route(
    "/changes",
    serves(CONTENT),
    query=changes_query,
    answer=always(ChangesPageSchema),
    problems=(400, 401, 403, 410, 414, 421, 429, 503),
    is_conditional=True,
    tags=["delivery"],
)
def read_changes(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Read the log of what readers may know.

    Thin lines, oldest first: what happened to what, never the content. 410: the data was restored. It never waits, but at
    `waiting.poll` of `/v1/capabilities`: there `wait=25` holds the answer back until there is a line, at most for so many seconds.
    """
    if "wait" in query and (begun := waiting.begin_poll(request, types, query)) is not None:
        return begun
    return changed_lines.read_changes(request, types, query)


@operations.route(
    "/changes/stream",
    serves(CONTENT),
    query=stream_query,
    writes=(waiting.EVENT_STREAM,),
    parameters=(LAST_EVENT_ID,),
    problems=(400, 401, 403, 410, 414, 421, 429, 503),
    tags=["delivery"],
)
def stream_changes(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Be told of changes at once.

    Server-sent events, only at `waiting.stream` of `/v1/capabilities`: `event: change` with a line of `/v1/changes` as `data`, `id` is its
    position. Connect again with `Last-Event-ID` when it ends, after the milliseconds of `retry`. 421: another address answers it.
    """
    return waiting.open_stream(request, types, query)
