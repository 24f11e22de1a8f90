"""Lists of content: from query parameters to spliced JSON."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

from flask import Response

from cms.core import clock
from cms.delivery.types import SORTS
from cms.publishing.delivered import DeliveredType
from cms.publishing.reading import Page
from cms.publishing.selection import COUNT_CAP, Position, Selection
from cms.publishing.splicing import as_repost
from cms.serving.admission import DeliveryRequest
from cms.serving.pages import Paging
from cms.serving.projection import reshaped
from cms.serving.reference_data import ReferenceData
from cms.serving.responding import Basis, Body, respond

Query = dict[str, Any]
_VOCABULARIES: dict[str, Callable[[ReferenceData], Container[str]]] = {
    "agency": lambda reference_data: reference_data.directory.agencies,
    "channel": lambda reference_data: reference_data.directory.agencies,
    "category": lambda reference_data: reference_data.categories,
    "area": lambda reference_data: reference_data.directory.areas,
    "information_kind": lambda reference_data: reference_data.information_kinds,
}


def list_content(request: DeliveryRequest, delivered: DeliveredType, query: Query) -> Response:
    """One page of cards, filtered and sorted as the query says."""
    paging = Paging.of(request, query)
    basis = Basis(topics=(delivered.topic, "reference"), groups=(delivered.topic,))
    return respond(request, basis, lambda sequence: _page_body(paging, delivered, query, sequence))


def _page_body(paging: Paging, delivered: DeliveredType, query: Query, sequence: int) -> Body:
    sources = paging.request.sources
    reference_data = sources.reference_data()
    picked = query.get("fields")
    is_full = picked is not None and any(name not in delivered.card_fields for name in picked)
    page = sources.page(_selection(paging, delivered, query), is_full=is_full, is_counted="count" in query)
    items = _on_channels(page, reference_data)
    if picked is not None or "include" in query:
        items = [reshaped(text, picked, query.get("include", ()), sources.reference_data) for text in items]
    return paging.body(items, sequence, page.next, _more_meta(page, query, reference_data))


def _on_channels(page: Page, reference_data: ReferenceData) -> Sequence[str]:
    """The items; those that are only reposts on the requested channels get the carrier's present name, without parsing their
    JSON.
    """
    if not any(page.reposts):
        return page.items
    return [
        text if repost is None else _as_repost(text, repost, reference_data)
        for text, repost in zip(page.items, page.reposts, strict=True)
    ]


def _as_repost(text: str, repost: str, reference_data: ReferenceData) -> str:
    slug, _, note = repost.partition(" ")
    return as_repost(text, reference_data.reference_json(slug), note)


def _selection(paging: Paging, delivered: DeliveredType, query: Query) -> Selection:
    sources = paging.request.sources
    sort, descending = SORTS[query["sort"]]
    moments = {
        name: clock.micros(query[name])
        for name in ("published_after", "published_before", "updated_after", "changed_after")
        if name in query
    }
    terms = {scheme: _terms(scheme, query, sources.reference_data()) for scheme in delivered.schemes if scheme in query}
    return Selection(
        type=delivered.name,
        agencies=sources.listed_agencies(query.get("agency"), query.get("channel", ())),
        terms=terms,
        sort=sort,
        descending=descending,
        limit=paging.limit,
        position=None if paging.after is None else Position(*paging.after),
        **moments,
    )


def _terms(name: str, query: Query, reference_data: ReferenceData) -> tuple[str, ...]:
    """The values of a filter; the site of an agency also shows the content of its predecessors' sites."""
    given: tuple[str, ...] = query[name]
    return tuple(sorted(reference_data.directory.with_predecessors(given))) if name == "channel" else given


def _more_meta(page: Page, query: Query, reference_data: ReferenceData) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if page.total is not None:
        is_capped = page.total > COUNT_CAP
        more["total"] = {"value": min(page.total, COUNT_CAP), "relation": "gte" if is_capped else "eq"}
    warnings = _unknown_words(query, reference_data)
    if warnings:
        more["warnings"] = warnings
    return more


def _unknown_words(query: Query, reference_data: ReferenceData) -> list[dict[str, str]]:
    """A warning for each unknown word of a filter: the list is correct, but probably not the intended one."""
    if not query.keys() & _VOCABULARIES.keys():
        return []
    return [
        {"code": f"unknown_{name}", "detail": f"There is no {name.replace('_', ' ')} {word}."}
        for name, known in _VOCABULARIES.items()
        for word in query.get(name, ())
        if word not in known(reference_data)
    ]
