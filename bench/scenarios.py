"""What is measured, as data: a name, how its requests are made, and how they are sent.

Requests are made against the running server before the measurement. `uncached` scenarios run on a server whose answer
cache holds a handful of answers, and their requests differ: each answer is computed, stored and pushed out again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from bench.dataset import CARRIER, NEWEST, agencies, tags
from bench.server import Answer, Server
from bench.wire import Request

CONNECTIONS = 16
WRITERS = 8
DISTINCT = 4000
DEEP_PAGES = 200
FREQUENT_TAGS = 10
PAGE = 20


class ScenarioError(RuntimeError):
    """The server does not answer as a scenario needs; the message shows what it said."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post that waits to be published, and the ETag that its next writer must name."""

    id: str
    etag: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the loader put into the database."""

    items: int
    delivery_key: str
    post_ids: Sequence[str]
    drafts: Sequence[Draft]
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Site:
    """A running server with the loaded data, as the scenarios see it."""

    server: Server
    loaded: Loaded

    def get(self, path: str, **headers: str) -> Request:
        """A request of the delivery plane with the key."""
        return Request(path, headers={"Authorization": f"Bearer {self.loaded.delivery_key}", **headers})

    def answer(self, request: Request, status: int = 200) -> Answer:
        """Send `request` now. Raises `ScenarioError` unless the status is as expected."""
        answer = self.server.ask(request.path, request.headers, request.method, request.body)
        if answer.status != status:
            raise ScenarioError(f"{request.method} {request.path}: {answer.status} {answer.body[:500]!r}")
        return answer

    def access_token(self) -> str:
        """Sign in as the editor who publishes."""
        body = json.dumps({"email": self.loaded.email, "password": self.loaded.password}).encode()
        request = Request("/manage/v1/auth/login", "POST", {"Content-Type": "application/json"}, body)
        token: str = json.loads(self.answer(request).body)["access_token"]
        return token


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of the table."""

    name: str
    build: Callable[[Site], list[Request]]
    cached: bool = False
    once: bool = False
    connections: int = CONNECTIONS
    # Only answers of the delivery plane have bytes that a bare application could return as well.
    has_bare: bool = True


def path(resource: str, **parameters: Any) -> str:
    """The path of a list with its parameters; times in RFC 3339 with `Z`."""
    return f"{resource}?{urlencode(parameters)}" if parameters else resource


def first_pages(site: Site) -> list[Request]:
    """The first page under many names: only the moment before which everything was published differs."""
    moments = (NEWEST + timedelta(days=1, seconds=n) for n in range(DISTINCT))
    return [site.get(path("/v1/posts", published_before=f"{moment:%Y-%m-%dT%H:%M:%SZ}")) for moment in moments]


def long_pages(site: Site) -> list[Request]:
    """The first page of 100."""
    return [site.get(f"{request.path}&limit=100") for request in first_pages(site)]


def channel_pages(site: Site) -> list[Request]:
    """The first page of a channel on which everything is its own."""
    return [site.get(f"{request.path}&channel={agencies()[1].slug}") for request in first_pages(site)]


def repost_pages(site: Site) -> list[Request]:
    """The first page of the channel that carries more than it owns."""
    return [site.get(f"{request.path}&channel={CARRIER}") for request in first_pages(site)]


def feed_page(site: Site) -> list[Request]:
    """The feed of an agency, which programs of subscribers ask for again and again. With the key: without one an address is counted."""
    return [site.get(path("/v1/feeds/rss", agency=agencies()[1].slug))]


def details(site: Site) -> list[Request]:
    """Posts with their bodies, spread over the whole archive."""
    ids = site.loaded.post_ids
    step = max(1, len(ids) // DISTINCT)
    return [site.get(f"/v1/posts/{post_id}") for post_id in ids[::step]]


def deep_pages(site: Site) -> list[Request]:
    """Pages far behind the first one: follow `next` to the end, keep the last ones."""
    links = []
    link: str | None = path("/v1/posts", limit=PAGE)
    while link is not None:
        page = json.loads(site.answer(site.get(link)).body)
        link = page["links"]["next"]
        if link is not None:
            link = local_path(link)
            links.append(link)
    return [site.get(found) for found in links[-DEEP_PAGES - 1 : -1]]


def local_path(link: str) -> str:
    """The path and query of a link that may be absolute."""
    return "/" + link.split("://", 1)[-1].split("/", 1)[1] if "://" in link else link


def filtered_pages(site: Site) -> list[Request]:
    """Pages of one agency and one of the tags that it uses often."""
    pairs = [(agency.slug, tag) for tag in tags()[:FREQUENT_TAGS] for agency in agencies()]
    return [site.get(path("/v1/posts", agency=agency, tag=tag)) for agency, tag in pairs]


def one_page(site: Site) -> list[Request]:
    """The same first page again and again."""
    return [site.get("/v1/posts")]


def one_detail(site: Site) -> list[Request]:
    """The same post again and again."""
    return [site.get(f"/v1/posts/{site.loaded.post_ids[0]}")]


def known_page(site: Site) -> list[Request]:
    """The first page, asked for by someone who has it."""
    etag = site.answer(site.get("/v1/posts")).header("etag")
    if etag is None:
        raise ScenarioError("/v1/posts carries no ETag")
    request = site.get("/v1/posts", **{"If-None-Match": etag})
    site.answer(request, status=304)
    return [request]


def position_after(body: bytes) -> str:
    """Where a copy goes on after this page."""
    # Positions are shorter than 4,000 letters, and a page can have megabytes.
    _before, _found, rest = body[-6_000:].rpartition(b'"links":{"next":"')
    return rest.partition(b'"')[0].decode()


def known_copy(site: Site) -> list[Request]:
    """The look for news of a copy that has everything."""
    address, is_complete = "/v1/sync?limit=500", False
    while not is_complete:
        body = site.answer(site.get(address)).body
        address, is_complete = local_path(position_after(body)), b'"complete":true' in body[-500:]
    etag = site.answer(site.get(address)).header("etag") or ""
    request = site.get(address, **{"If-None-Match": etag})
    site.answer(request, status=304)
    return [request]


def publications(site: Site) -> list[Request]:
    """Publish each waiting draft once, under its own If-Match."""
    return [publish_request(draft, token) for token in [site.access_token()] for draft in site.loaded.drafts]


def publish_request(draft: Draft, token: str) -> Request:
    """The request that publishes one draft."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "If-Match": draft.etag}
    return Request(f"/manage/v1/posts/{draft.id}/publish", "POST", headers, b"{}")


SCENARIOS = (
    Scenario("list_uncached", first_pages),
    Scenario("detail", details),
    Scenario("cursor_deep", deep_pages),
    Scenario("filter_agency_tag", filtered_pages),
    Scenario("list_100", long_pages),
    Scenario("list_channel", channel_pages),
    Scenario("list_reposts", repost_pages),
    Scenario("list_repeated", one_page, cached=True),
    Scenario("detail_repeated", one_detail, cached=True),
    Scenario("feed_repeated", feed_page, cached=True),
    Scenario("list_not_modified", known_page, cached=True),
    Scenario("sync_no_news", known_copy, cached=True),
    Scenario("publish", publications, cached=True, once=True, connections=WRITERS, has_bare=False),
)


def chosen(names: Iterable[str]) -> list[Scenario]:
    """The scenarios with these names, all when there are none. Raises `ValueError` for an unknown name."""
    wanted = set(names)
    known = {scenario.name for scenario in SCENARIOS}
    if unknown := wanted - known:
        raise ValueError(f"unknown scenario {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    return [scenario for scenario in SCENARIOS if not wanted or scenario.name in wanted]
