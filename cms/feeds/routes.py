"""`/v1/feeds`: what is published, for programs of subscribers. Without a key where the server allows it (`DELIVERY_ANONYMOUS`)."""

from __future__ import annotations

from typing import Any

from cms.core.http.api import Blueprint
from cms.core.http.operations import Operations
from cms.feeds.agenda import MEDIA_TYPE as CALENDAR
from cms.feeds.agenda import read_agenda
from cms.feeds.atom import ATOM
from cms.feeds.json_feed import JSON_FEED
from cms.feeds.pages import read_feed
from cms.feeds.parameters import SitemapQuerySchema, agenda_query, chosen_type, feed_query, of_agenda
from cms.feeds.rss import RSS
from cms.feeds.sitemaps import MEDIA_TYPE as XML
from cms.feeds.sitemaps import read_index, read_news, read_part
from cms.feeds.types import FeedTypes
from cms.publishing.delivered import DeliveredType
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer

CONTENT, GROUP = "content:read", "feeds"
PROBLEMS = (400, 401, 403, 429, 503)

operations = Operations[FeedTypes]()
of_events = Operations[DeliveredType]()


def feed_blueprint(types: FeedTypes) -> Blueprint:
    """The routes over these content types."""
    blueprint = Blueprint("feeds", __name__, url_prefix="/v1")
    operations.mount(blueprint, types)
    if types.with_events is not None:
        of_events.mount(blueprint, types.with_events)
    return blueprint


@operations.route(
    "/feeds/rss",
    serves(CONTENT, group=GROUP),
    query=feed_query,
    writes=(RSS.media_type,),
    problems=PROBLEMS,
    is_conditional=True,
)
def read_rss_feed(types: FeedTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Subscribe by RSS 2.0.

    The newest first, with whole texts. `guid` never changes; older ones follow `atom:link rel="next"`.
    """
    return read_feed(request, chosen_type(types, query), query, RSS)


@operations.route(
    "/feeds/atom",
    serves(CONTENT, group=GROUP),
    query=feed_query,
    writes=(ATOM.media_type,),
    problems=PROBLEMS,
    is_conditional=True,
)
def read_atom_feed(types: FeedTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Subscribe by Atom 1.0.

    The newest first, with whole texts. `id` never changes; `updated` is the last major update, older ones follow `link rel="next"`.
    """
    return read_feed(request, chosen_type(types, query), query, ATOM)


@operations.route(
    "/feeds/json",
    serves(CONTENT, group=GROUP),
    query=feed_query,
    writes=(JSON_FEED.media_type,),
    problems=PROBLEMS,
    is_conditional=True,
)
def read_json_feed(types: FeedTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Subscribe by JSON Feed 1.1.

    The newest first, with whole texts. `id` never changes; older ones follow `next_url`.
    """
    return read_feed(request, chosen_type(types, query), query, JSON_FEED)


@of_events.route(
    "/feeds/agenda.ics",
    serves(CONTENT, group=GROUP),
    query=agenda_query,
    writes=(CALENDAR,),
    problems=PROBLEMS,
    is_conditional=True,
)
def read_agenda_feed(delivered: DeliveredType, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Subscribe to the agenda by iCalendar.

    What takes place, from 90 days ago on, at most 1,000; of the kind `agenda`, unless `kind` says otherwise. `UID` never changes; what was withdrawn is `STATUS:CANCELLED`.
    """
    return read_agenda(request, delivered, of_agenda(delivered, query))


@operations.route(
    "/sitemap.xml",
    serves(CONTENT, group=GROUP),
    query=SitemapQuerySchema,
    writes=(XML,),
    problems=PROBLEMS,
    is_conditional=True,
)
def read_sitemap_index(types: FeedTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the sitemaps.

    Those of all agencies with a website, or of some. Name it in `robots.txt` of the agency's site (`Sitemap:`): search engines take addresses
    of another host only from there.
    """
    return read_index(request, types, query.get("agency"))


@operations.route(
    "/sitemaps/<string:agency>/<int:part>.xml",
    serves(CONTENT, group=GROUP),
    writes=(XML,),
    problems=(*PROBLEMS, 404),
    is_conditional=True,
)
def read_sitemap(_types: FeedTypes, request: DeliveryRequest, agency: str, part: int) -> FinishedAnswer:
    """List the pages of an agency.

    Addresses on its own website, at most 5,000 in each part. 404 for an agency without a website, and for a part without pages.
    """
    return read_part(request, agency, part)


@operations.route(
    "/sitemaps/<string:agency>/news.xml",
    serves(CONTENT, group=GROUP),
    writes=(XML,),
    problems=(*PROBLEMS, 404),
    is_conditional=True,
)
def read_news_sitemap(types: FeedTypes, request: DeliveryRequest, agency: str) -> FinishedAnswer:
    """List the news of an agency.

    The posts of the last two days, with name of the publication, language, moment and title.
    """
    return read_news(request, types, agency)
