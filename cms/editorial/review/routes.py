"""`.../approve` and `discard` of an item, and the work list over all types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms.core.clock import from_micros, micros
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest
from cms.core.http.api import Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import EmptySchema, many
from cms.core.permissions import Permission
from cms.core.runtime import runtime
from cms.editorial.items.presenter import render_waiting
from cms.editorial.resource import Operations, Resource, item_schema
from cms.editorial.review import services as reviewing
from cms.editorial.review.queries import WorkFilter, list_waiting, waiting_for
from cms.editorial.review.schemas import ApproveSchema, ReviewQuerySchema, WaitingSchema

if TYPE_CHECKING:
    from cms.editorial.items.models import Item

operations = Operations()
reviews = Blueprint("reviews", __name__, url_prefix="/manage/v1/reviews", description="What waits for whom.")


@operations.route(
    "/<item_id>/approve", requires(Permission.CONTENT_APPROVE), "POST", body=ApproveSchema, answer=item_schema
)
def approve_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Approve a {type}

    The approval belongs to this edition: a later save voids it. Where the agency, the category or moderation asks
    for four eyes, it must come from a person who saved none of the editions since the last publication.
    """
    kind = resource.content_type
    return resource.shown(reviewing.approve_item(kind, current_actor(), item_id, expected_version(), **body))


@operations.route("/<item_id>/discard", requires(Permission.CONTENT_EDIT), "POST", body=EmptySchema, answer=item_schema)
def discard_item(resource: Resource, _body: dict[str, Any], item_id: str) -> Answer:
    """Discard the draft of a {type}

    Drops the editions since the last publication; they stay in the history. Nothing changes for readers.
    """
    kind = resource.content_type
    return resource.shown(reviewing.discard_item(kind, current_actor(), item_id, expected_version()))


@reviews.route("")
@requires(Permission.CONTENT_READ)
@reviews.arguments(ReviewQuerySchema, location="query")
@reviews.response(200, many(WaitingSchema))
@reviews.problems(400, 401, 403)
def list_reviews(query: dict[str, Any]) -> Answer:
    """List waiting items.

    Of all types, longest wait first: items that the caller may approve, return or publish, and items returned to the caller.
    """
    page = PageRequest(query)
    after = (from_micros(page.after[0]), page.after[1]) if page.after else None
    wanted = WorkFilter(query["mine"], query.get("agency", ()), query.get("type", ()), query.get("state", ()))
    items = list_waiting(current_actor(), runtime().settings.city_channel, wanted, page.fetch, after)
    return page.answer(items, _row, lambda item: (micros(item.state_since), item.id))


def _row(item: Item) -> dict[str, Any]:
    return render_waiting(item, current_actor(), runtime().settings.city_channel, waiting_for(item).value)
