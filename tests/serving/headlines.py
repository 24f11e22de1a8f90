"""A reader of content as small as one can be: titles of published posts, made of `cms.serving` and what lies below it."""

from __future__ import annotations

from typing import Any

import orjson

from cms.core.http.api import Blueprint
from cms.core.http.schemas import PageQuerySchema
from cms.publishing.selection import Position, Selection
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import Paging
from cms.serving.responding import Basis, Body, respond

blp = Blueprint("headlines", __name__)


@blp.route("/v1/headlines")
@serves("content:read")
@blp.arguments(PageQuerySchema, location="query")
def list_headlines(request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the titles of published posts, the oldest first."""
    paging = Paging.of(request, query)

    def compute(sequence: int) -> Body:
        shown = request.sources.listed_agencies(None)
        position = Position(*paging.after) if paging.after else None
        page = request.sources.page(Selection("post", shown, descending=False, limit=paging.limit, position=position))
        titles = [orjson.dumps(orjson.loads(text)["title"]).decode() for text in page.items]
        return paging.body(titles, sequence, page.next)

    return respond(request, Basis(topics=("posts",), groups=("posts",)), compute)
