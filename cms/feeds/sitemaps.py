"""Sitemaps: the pages of each agency on its own website, for search engines (sitemaps.org), and its news of two days.

A sitemap may list addresses of another host only where `robots.txt` of that host names it. So there is one for each agency, with
addresses of that agency's site alone; an agency without a site has no pages to be found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import orjson

from cms.agencies.directory import AgencyEntry
from cms.core import clock
from cms.core.errors import NotFound
from cms.feeds.texts import readable
from cms.feeds.types import FeedTypes
from cms.feeds.xml import add, document
from cms.publishing.selection import Selection
from cms.publishing.site_maps import SitePart
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

MEDIA_TYPE: Final = "application/xml"
NAMESPACE: Final = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NEWS: Final = {**NAMESPACE, "xmlns:news": "http://www.google.com/schemas/sitemap-news/0.9"}
MOST: Final = 50_000
MOST_NEWS: Final = 1_000
MICROSECOND: Final = timedelta(microseconds=1)
HOUR: Final = timedelta(hours=1) // MICROSECOND
TWO_DAYS: Final = 48 * HOUR
Card = dict[str, Any]


def read_index(request: DeliveryRequest, types: FeedTypes, agencies: Collection[str] | None) -> FinishedAnswer:
    """The sitemaps of these agencies (None: all) that the key shows."""
    sources = request.sources
    visible = sources.visible_agencies()
    # What has a site, and is asked for and shown.
    sites = {
        slug for slug, entry in sources.looked_up().directory.agencies.items()
        if entry.site_url and (visible is None or slug in visible) and (agencies is None or slug in agencies)
    }  # fmt: skip
    sources.dependencies.note_fact("sites", sorted(sites))
    since = _news_since(sources)
    sources.expect_site(sites)
    basis = _basis((), sources.topics.values())
    server = sources.public_url

    def compute(_sequence: int) -> Body:
        root = Element("sitemapindex", NAMESPACE)
        for path, changed_at in _listed(sources.site_parts(sites, types.first), since):
            sitemap = add(root, "sitemap")
            add(sitemap, "loc", f"{server}/v1/sitemaps/{path}.xml")
            add(sitemap, "lastmod", _written(changed_at))
        return Body(document(root), [])

    return respond(request, basis, compute)


def _listed(parts: Sequence[SitePart], since: int) -> list[tuple[str, int]]:
    """Path and last change of each sitemap; the news of an agency come with its newest part."""
    news = {part.agency: part for part in parts if part.news_at > since}
    listed = [(f"{part.agency}/{part.number}", part.changed_at) for part in parts]
    listed += [(f"{agency}/news", part.news_at) for agency, part in news.items()]
    return listed[:MOST]


def read_part(request: DeliveryRequest, agency: str, part: int) -> FinishedAnswer:
    """One part of the pages of an agency. Raises `NotFound` for an agency without a site, and for a part without pages."""
    sources = request.sources
    entry = _with_site(sources, agency)
    sources.expect_site((agency,))

    def compute(_sequence: int) -> Body:
        root = Element("urlset", NAMESPACE)
        for card in _on_site(map(orjson.loads, sources.site_cards(agency, part)), entry):
            url = add(root, "url")
            add(url, "loc", card["canonical_url"])
            add(url, "lastmod", card["changed_at"])
        if len(root) == 0:
            raise NotFound
        return Body(document(root), [])

    return respond(request, _basis((), sources.topics.values(), may_be_missing=True), compute)


def read_news(request: DeliveryRequest, types: FeedTypes, agency: str) -> FinishedAnswer:
    """The posts that an agency first published in the last two days. Raises `NotFound` for an agency without a site."""
    sources = request.sources
    entry = _with_site(sources, agency)
    since = _news_since(sources)
    selection = Selection(types.first, (agency,), published_after=since, limit=MOST_NEWS)
    sources.expect_page(selection)

    def compute(_sequence: int) -> Body:
        root = Element("urlset", NEWS)
        cards = (orjson.loads(text) for text in sources.page(selection).items)
        for card in _on_site((card for card in cards if card["withdrawn"] is None), entry):
            _add_news(root, readable(card), readable(entry.name))
        return Body(document(root), [])

    return respond(request, _basis((), (sources.topics[types.first],)), compute)


def _add_news(root: Element, card: Card, name: str) -> None:
    url = add(root, "url")
    add(url, "loc", card["canonical_url"])
    news = add(url, "news:news")
    publication = add(news, "news:publication")
    add(publication, "news:name", name)
    add(publication, "news:language", card["language"])
    add(news, "news:publication_date", card["published_at"])
    add(news, "news:title", card["title"])


def _with_site(sources: Sources, agency: str) -> AgencyEntry:
    """The agency, if the key shows it and it has a website."""
    entry, visible = sources.looked_up().directory.agencies.get(agency), sources.visible_agencies()
    if entry is None or entry.site_url is None or (visible is not None and agency not in visible):
        raise NotFound
    sources.dependencies.note_fact("site", (entry.name, entry.site_url))
    return entry


def _on_site(cards: Iterable[Card], entry: AgencyEntry) -> Iterator[Card]:
    """Those whose page is on the host of the agency's site."""
    site = _host(entry.site_url or "")
    return (card for card in cards if _host(card["canonical_url"]) == site)


def _host(address: str) -> tuple[str, str]:
    scheme, host, *_rest = urlsplit(address)
    return scheme, host.lower()


def _news_since(sources: Sources) -> int:
    """When the two days began, on the hour: so the answer holds for up to an hour, and its tag as well."""
    hour = sources.now // HOUR * HOUR
    sources.dependencies.note_end(hour, hour + HOUR)
    sources.dependencies.note_fact("news since", hour)
    return hour - TWO_DAYS


def _written(moment: int) -> str:
    return clock.rfc3339(clock.from_micros(moment))


def _basis(topics: Iterable[str], groups: Iterable[str], *, may_be_missing: bool = False) -> Basis:
    return Basis(tuple(topics), ("feeds", *groups), may_be_missing, MEDIA_TYPE)
