"""What consumers ask for, and which of them have been silent: /manage/v1/consumers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cms.consumers.queries import get_consumer
from cms.consumers.usage import queries
from cms.consumers.usage.presenter import render_copies, render_silent, render_usage
from cms.consumers.usage.schemas import (
    SilentConsumerSchema,
    SilentQuerySchema,
    UsageQuerySchema,
    UsageSchema,
)
from cms.core import clock
from cms.core.errors import BadRequest, InputError
from cms.core.http.access import requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import Blueprint
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.core.runtime import runtime

blp = Blueprint(
    "usage",
    __name__,
    url_prefix="/manage/v1/consumers",
    description="What websites and apps ask for, and whose are stale.",
)
CONSUMER_ID = {"name": "consumer_id", "in": "path", "description": "Id of the consumer."}
USUAL = {"hour": timedelta(days=1), "day": timedelta(days=7)}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nobody used this server before; days before the year 1 are none."""
LONGEST = {"hour": timedelta(days=31), "day": timedelta(days=400)}


@blp.route("/<consumer_id>/usage", parameters=[CONSUMER_ID])
@requires(Permission.CONSUMER_USAGE)
@blp.arguments(UsageQuerySchema, location="query")
@blp.response(200, one(UsageSchema))
@blp.problems(400, 401, 403, 404)
def read_usage(query: dict[str, Any], consumer_id: str) -> Answer:
    """Read what a consumer has asked for.

    Requests, the share of 304, bytes, errors and the time of 95 % of the answers, by hour or by day of the city; and how far each copy is that it keeps
    by `/v1/sync`. Figures are up to a minute late.
    """
    consumer = get_consumer(consumer_id)
    first, last = _span(query)
    rows = queries.list_usage(consumer.id, first, last)
    zone = ZoneInfo(runtime().settings.city_timezone)
    usage = {**render_usage(rows, query["by"], zone), "from": first, "to": last}
    return whole_answer({**usage, "copies": render_copies(queries.list_copies(consumer.id))})


@blp.route("/silent")
@requires(Permission.CONSUMER_USAGE)
@blp.arguments(SilentQuerySchema, location="query")
@blp.response(200, many(SilentConsumerSchema))
@blp.problems(400, 401, 403)
def list_silent_consumers(query: dict[str, Any]) -> Answer:
    """List consumers that may show something old.

    Those that are switched on and have not asked for `hours`, or keep a copy that lacks something which was there then. In the order in which they were registered.
    """
    page = PageRequest(query)
    since = clock.now() - timedelta(hours=query["hours"])
    found = queries.list_silent(since, after=page.after[0] if page.after else None, limit=page.fetch)
    return page.answer(found, lambda each: render_silent(each, since), lambda each: [each.consumer.id])


def _span(query: dict[str, Any]) -> tuple[datetime, datetime]:
    """From the full hour of `from` to `to`, or to the end of this hour. Raises `BadRequest`."""
    last: datetime = query.get("to") or _full_hour(clock.now()) + timedelta(hours=1)
    if last < EARLIEST:
        raise _fault("to", "not_before", other=clock.rfc3339(EARLIEST))
    first = _full_hour(query.get("from") or last - USUAL[query["by"]])
    if first >= last:
        raise _fault("from", "not_after", other=clock.rfc3339(last))
    if last - first > LONGEST[query["by"]] + timedelta(hours=1):
        raise _fault("from", "not_before", other=clock.rfc3339(last - LONGEST[query["by"]]))
    return first, last


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _fault(name: str, code: str, **params: Any) -> BadRequest:
    return BadRequest("invalid_parameter", errors=[InputError("parameter", name, code, params)])
