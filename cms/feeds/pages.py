"""One page of a feed: its entries, and the addresses of it and of its neighbours (RFC 5005)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from cms.core import clock
from cms.feeds.about import About, about_feed, feed_id
from cms.feeds.entries import Entry
from cms.feeds.parameters import Query
from cms.feeds.questions import selection_of
from cms.publishing.delivered import DeliveredType
from cms.publishing.selection import Position, Selection
from cms.serving.admission import DeliveryRequest
from cms.serving.carried import as_carried
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import Paging, own_address
from cms.serving.responding import Basis, Body, respond


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`moved_at` is when something last changed that the feed can show; `feed_of` gives id and address of an agency's own feed."""

    about: About
    entries: list[Entry]
    address: str
    first: str
    next: str | None
    moved_at: datetime
    feed_of: Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Format:
    """How feeds are written: the media type, and what writes one page."""

    media_type: str
    write: Callable[[FeedPage], bytes]


def read_feed(request: DeliveryRequest, delivered: DeliveredType, query: Query, format: Format) -> FinishedAnswer:
    """One page of a feed, the newest first. What was withdrawn is left out: readers of feeds show no notices."""
    paging = Paging.of(request, query)
    position = None if paging.after is None else Position(*paging.after)
    selection = selection_of(request.sources, delivered, query, limit=paging.limit, position=position)
    request.sources.expect_page(selection)
    if selection.asks_channels:
        request.sources.shown_names(selection.terms["channel"])
    about = about_feed(request.sources, delivered, query)
    basis = Basis(topics=(), groups=("feeds", delivered.topic), media_type=format.media_type)

    def compute(_sequence: int) -> Body:
        page, following = _page(paging, selection, about)
        links = [] if following is None else [("Link", f'<{following}>; rel="next"')]
        return Body(format.write(page), links)

    return respond(request, basis, compute)


def _page(paging: Paging, selection: Selection, about: About) -> tuple[FeedPage, str | None]:
    request, sources = paging.request, paging.request.sources
    found = sources.page(selection, is_full=True)
    items: list[dict[str, Any]] = [orjson.loads(text) for text in as_carried(found, selection, sources)]
    entries = [Entry.of(item, sources.public_url) for item in items if item["withdrawn"] is None]
    following = paging.next_address(found.next)
    moved_at = clock.from_micros(sources.dependencies.modified_at(request.heads))

    def feed_of(agency: str) -> tuple[str, str]:
        address = f"{sources.public_url}{request.asked.path}?{urlencode({'agency': agency})}"
        return feed_id(sources, {"type": about.type, "agency": (agency,)}), address

    page = FeedPage(about, entries, own_address(request), _first(request), following, moved_at, feed_of)
    return replace(page, moved_at=max([moved_at, *(entry.updated_at for entry in entries)])), following


def _first(request: DeliveryRequest) -> str:
    kept = {name: value for name, value in request.asked.arguments() if name != "cursor"}
    address = f"{request.sources.public_url}{request.asked.path}"
    return f"{address}?{urlencode(kept, safe=',')}" if kept else address
