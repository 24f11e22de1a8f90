"""`/v1/search`: what is published, by the words of a reader."""

from __future__ import annotations

from typing import Any

from cms.core.http.api import Blueprint
from cms.core.http.operations import Operations
from cms.search.pages import search_content
from cms.search.parameters import search_query
from cms.search.schemas import search_schema
from cms.search.types import SearchedTypes
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer

CONTENT = "content:read"

operations = Operations[SearchedTypes]()


def search_blueprint(types: SearchedTypes) -> Blueprint:
    """The routes over these content types."""
    blueprint = Blueprint("search", __name__, url_prefix="/v1")
    operations.mount(blueprint, types)
    return blueprint


@operations.route(
    "/search",
    serves(CONTENT),
    query=search_query,
    answer=search_schema,
    problems=(400, 401, 403, 414, 503),
    is_conditional=True,
)
def search_items(types: SearchedTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Search {all}.

    In their titles, summaries and texts, and in the texts of their files, in every form of an Indonesian word. What lists with the
    same filters do not show is not found. `match` shows where; at most 10,000 hits can be paged through.
    """
    return search_content(request, types, query)
