"""`/v1/search`: what is published, by the words of a reader."""

from __future__ import annotations

from typing import Any

from cms.core.http.api import Blueprint
from cms.core.http.operations import Operations, always
from cms.search.pages import search_content
from cms.search.parameters import SuggestQuerySchema, search_query
from cms.search.schemas import SuggestionsSchema, search_schema
from cms.search.suggestions import suggest
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


@operations.route(
    "/suggest",
    serves(CONTENT),
    query=SuggestQuerySchema,
    answer=always(SuggestionsSchema),
    problems=(400, 401, 403, 414, 503),
    is_conditional=True,
)
def suggest_titles(types: SearchedTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Suggest agencies and titles for the first letters.

    At most four agencies, then at most eight titles of {all}, the newest first. Of several words the last may be a beginning.
    """
    return suggest(request, types, query)
