"""Lists of content: from query parameters to spliced JSON."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any
from urllib.parse import unquote

import orjson
from flask import Response, current_app, request

from cms.core import clock
from cms.core.runtime import runtime
from cms.delivery.types import SORTS, DeliveredType
from cms.publishing.reading import Page
from cms.publishing.reposts import as_repost
from cms.publishing.selection import COUNT_CAP, Position, Selection
from cms.serving.admission import delivery_request
from cms.serving.projection import reshaped
from cms.serving.reference_data import ReferenceData
from cms.serving.responding import Basis, Body, deliver

Query = dict[str, Any]
_VOCABULARIES: dict[str, Callable[[ReferenceData], Container[str]]] = {
    "agency": lambda reference_data: reference_data.directory.agencies,
    "channel": lambda reference_data: reference_data.directory.agencies,
    "category": lambda reference_data: reference_data.categories,
    "area": lambda reference_data: reference_data.directory.areas,
    "information_kind": lambda reference_data: reference_data.information_kinds,
}
NOT_IN_BINDING = {"cursor", "limit", "fields", "include", "count"}


def deliver_list(delivered: DeliveredType, query: Query) -> Response:
    """One page of cards, filtered and sorted as the query says."""
    binding = _binding(delivered, query)
    position = _position(query, binding)
    basis = Basis(topics=(delivered.topic, "reference"), groups=(delivered.topic,))
    return deliver(basis, lambda sequence: _page_body(delivered, query, binding, position, sequence))


def _page_body(delivered: DeliveredType, query: Query, binding: str, position: Position | None, sequence: int) -> Body:
    sources = delivery_request().sources
    reference_data = sources.reference_data()
    selection = _selection(delivered, query, position, reference_data)
    picked = query.get("fields")
    is_full = picked is not None and any(name not in delivered.card_fields for name in picked)
    page = sources.page(selection, is_full=is_full, is_counted="count" in query)
    items = _on_channels(page, reference_data)
    if picked is not None or "include" in query:
        items = [reshaped(text, picked, query.get("include", ()), sources.reference_data) for text in items]
    return page_body(
        items, _next_cursor(page, binding), query["limit"], sequence, _more_meta(page, query, reference_data)
    )


def _on_channels(page: Page, reference_data: ReferenceData) -> Sequence[str]:
    """The items, those that the channels asked for only carry as reposts: with the carrier's present name, unparsed."""
    if not any(page.reposts):
        return page.items
    return [
        text if repost is None else _as_repost(text, repost, reference_data)
        for text, repost in zip(page.items, page.reposts, strict=True)
    ]


def _as_repost(text: str, repost: str, reference_data: ReferenceData) -> str:
    slug, _, note = repost.partition(" ")
    return as_repost(text, reference_data.reference_json(slug), note)


def page_body(
    items: Sequence[str], cursor: str | None, limit: int, sequence: int, more_meta: dict[str, Any] | None = None
) -> Body:
    """The envelope around JSON texts, with the link to the next page in the body and in the headers."""
    following = None if cursor is None else _address(cursor)
    links = orjson.dumps({"self": _own_address(), "next": following}).decode()
    meta = orjson.dumps({"limit": limit, "sequence": sequence, **(more_meta or {})}).decode()
    content = f'{{"data":[{",".join(items)}],"links":{links},"meta":{meta}}}'
    return Body(content.encode(), [] if following is None else [("Link", f'<{following}>; rel="next"')])


def deliver_rows(
    rows: Callable[[ReferenceData], list[dict[str, Any]]], key: str, query: Query, groups: tuple[str, ...]
) -> Response:
    """One page of the rows of a reference_data, which are few and in the order of their keys."""
    filters = sorted((name, value) for name, value in query.items() if name not in NOT_IN_BINDING)
    binding = f"{delivery_request().heads.epoch}:{request.path}?{filters}"
    after = runtime().cursors.decode(query["cursor"], binding)[0] if "cursor" in query else ""

    def compute(sequence: int) -> Body:
        found = [row for row in rows(delivery_request().sources.reference_data()) if row[key] > after]
        shown = found[: query["limit"]]
        cursor = runtime().cursors.encode([shown[-1][key]], binding) if len(found) > len(shown) else None
        return page_body([orjson.dumps(row).decode() for row in shown], cursor, query["limit"], sequence)

    return deliver(Basis(topics=("reference",), groups=groups), compute)


def _selection(
    delivered: DeliveredType, query: Query, position: Position | None, reference_data: ReferenceData
) -> Selection:
    sort, descending = SORTS[query["sort"]]
    moments = {
        name: clock.micros(query[name])
        for name in ("published_after", "published_before", "updated_after")
        if name in query
    }
    return Selection(
        type=delivered.name,
        agencies=_agencies(query, reference_data),
        terms={
            scheme: _terms(name, query, reference_data) for name, scheme in delivered.schemes.items() if name in query
        },
        sort=sort,
        descending=descending,
        limit=query["limit"],
        position=position,
        **moments,
    )


def _terms(name: str, query: Query, reference_data: ReferenceData) -> tuple[str, ...]:
    """The values of a filter; on the site of an agency stands also what was on those of its predecessors."""
    given: tuple[str, ...] = query[name]
    return tuple(sorted(reference_data.directory.with_predecessors(given))) if name == "channel" else given


def _agencies(query: Query, reference_data: ReferenceData) -> tuple[str, ...] | None:
    """Owners that are asked for, with their predecessors, as far as the key shows them; None means all."""
    visible = delivery_request().sources.visible_agencies()
    if visible is not None and "channel" in query and visible.issuperset(query["channel"]):
        # The channels of its agencies are open to a key, with everything that others have on them.
        visible = None
    if "agency" not in query:
        return None if visible is None else tuple(sorted(visible))
    asked = reference_data.directory.with_predecessors(query["agency"])
    return tuple(sorted(asked if visible is None else asked & visible))


def _binding(delivered: DeliveredType, query: Query) -> str:
    """What a cursor belongs to: the epoch, filters, sort, and what its key may see."""
    filters = sorted((name, str(value)) for name, value in query.items() if name not in NOT_IN_BINDING)
    agencies = delivery_request().sources.key_agencies
    return (
        f"{delivery_request().heads.epoch}:{delivered.name}?{filters}&{'all' if agencies is None else sorted(agencies)}"
    )


def _position(query: Query, binding: str) -> Position | None:
    if "cursor" not in query:
        return None
    moment, number = runtime().cursors.decode(query["cursor"], binding)
    return Position(moment, number)


def _next_cursor(page: Page, binding: str) -> str | None:
    if page.next is None:
        return None
    return runtime().cursors.encode([page.next.moment, page.next.number], binding)


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
    """A warning for each word of a filter that means nothing: the list is right, but hardly what was wanted."""
    if not query.keys() & _VOCABULARIES.keys():
        return []
    return [
        {"code": f"unknown_{name}", "detail": f"There is no {name.replace('_', ' ')} {word}."}
        for name, known in _VOCABULARIES.items()
        for word in query.get(name, ())
        if word not in known(reference_data)
    ]


def _own_address() -> str:
    asked = delivery_request().http
    query = asked.query_string.decode("latin-1")
    return f"{current_app.config['PUBLIC_URL']}{asked.path}" + (f"?{query}" if query else "")


def _address(cursor: str) -> str:
    """The address of this list with another cursor, the other parameters as they came."""
    asked = delivery_request().http
    kept = [part for part in asked.query_string.decode("latin-1").split("&") if part and not _is_cursor(part)]
    return f"{current_app.config['PUBLIC_URL']}{asked.path}?{'&'.join([*kept, f'cursor={cursor}'])}"


def _is_cursor(part: str) -> bool:
    name = part.partition("=")[0]
    return (unquote(name) if "%" in name else name) == "cursor"
