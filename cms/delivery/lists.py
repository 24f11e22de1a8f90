"""Lists of content: from query parameters to spliced JSON."""

from __future__ import annotations

from typing import Any

from cms.core.errors import invalid_parameter
from cms.delivery.types import COMMON_SCHEMES, sorts_of
from cms.delivery.unmatched import Warnings, looked_up_words, unmatched_words
from cms.publishing.delivered import DeliveredType
from cms.publishing.reading import Page
from cms.publishing.selection import COUNT_CAP, MOMENTS, Position, Selection
from cms.serving.admission import DeliveryRequest
from cms.serving.carried import as_carried
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import Paging
from cms.serving.parameters import micros_of
from cms.serving.projection import reshaped
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

Query = dict[str, Any]


def list_content(request: DeliveryRequest, delivered: DeliveredType, query: Query) -> FinishedAnswer:
    """One page of cards, filtered and sorted as the query says. Raises `BadRequest` for a relation to no channel."""
    if "relation" in query and "channel" not in query:
        raise invalid_parameter("relation", "needed_with", other="channel")
    paging = Paging.of(request, query)
    selection, unknown = _selection(paging, delivered, query), looked_up_words(query, request.sources)
    request.sources.expect_page(selection)
    if selection.asks_channels:
        request.sources.shown_names(selection.terms["channel"])
    # What is embedded is shown as it is now; elsewhere reference data only say what is meant, or name the carriers.
    basis = Basis(topics=("reference",) if "include" in query else (), groups=(delivered.topic,))
    return respond(request, basis, lambda sequence: _page_body(paging, delivered, query, selection, unknown, sequence))


def _page_body(
    paging: Paging, delivered: DeliveredType, query: Query, selection: Selection, unknown: Warnings, sequence: int
) -> Body:
    sources, picked = paging.request.sources, query.get("fields")
    is_full = picked is not None and any(name not in delivered.card_fields for name in picked)
    page = sources.page(selection, is_full=is_full, is_counted="count" in query)
    items = as_carried(page, selection, sources)
    if picked is not None or "include" in query:
        items = [reshaped(text, picked, query.get("include", ()), sources.reference_data) for text in items]
    unmatched = unmatched_words(sources, selection, page) if paging.after is None else []
    return paging.body(items, sequence, page.next, _more_meta(page, [*unknown, *unmatched]))


def _selection(paging: Paging, delivered: DeliveredType, query: Query) -> Selection:
    sources = paging.request.sources
    sort, descending = sorts_of(delivered)[query["sort"]]
    zone = sources.zone
    schemes = (scheme for scheme in (*COMMON_SCHEMES, *delivered.schemes) if scheme in query)
    return Selection(
        type=delivered.name,
        agencies=sources.listed_agencies(query.get("agency"), query.get("channel", ())),
        terms={scheme: _terms(scheme, query, sources) for scheme in schemes},
        ids=query.get("ids", ()),
        relation=query.get("relation"),
        sort=sort,
        descending=descending,
        limit=paging.limit,
        position=None if paging.after is None else Position(*paging.after),
        **{name: micros_of(name, query[name], zone) for name in MOMENTS if name in query},
    )


def _terms(name: str, query: Query, sources: Sources) -> tuple[str, ...]:
    """The values of a filter; the site of an agency also shows the content of its predecessors' sites."""
    given: tuple[str, ...] = query[name]
    return sources.channels(given) if name == "channel" else given


def _more_meta(page: Page, warnings: Warnings) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if page.total is not None:
        is_capped = page.total > COUNT_CAP
        more["total"] = {"value": min(page.total, COUNT_CAP), "relation": "gte" if is_capped else "eq"}
    if warnings:
        more["warnings"] = warnings
    return more
