"""Before Flask or through it: the same answer to the byte, whatever is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, request_started
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder, run_wsgi_app

from cms.core.permissions import Role
from cms.serving.admission import ServedView
from cms.serving.direct import DirectAnswers, DirectRoute, DirectRoutes
from tests.factories import add_consumer, add_key, add_office, add_published_document, add_published_post
from tests.people import People

HOME, FOREIGN = "https://dpu.balikpapan.example", "https://nobody.example"
UNKNOWN = "019ac1a0-7c00-7000-8000-00000000dead"
REQUESTS = 1_500
THROUGH_FLASK = {
    "/v1/documents/<string:id>/files/<string:file_id>",
    "/v1/media/<string:id>/<string:rendition>",
    "/v1/sitemaps/<string:agency>/<int:part>.xml",
    "/v1/sitemaps/<string:agency>/news.xml",
}
"""Routes of readers that answer with bytes of files or redirect, or have two values in their path."""
QUERIES = (
    "limit=1", "limit=0", "limit=x", "limit=100", "sort=updated_at", "sort=worst", "agency=dpu", "agency=dpu,tidak-ada", "agency=DPU", "channel=dpu",
    "relation=carried", "fields=id,title", "fields=id", "fields=nothing", "include=agency", "include=jsonld", "include=agency,category", "count=exact",
    "kind=berita", "kind=berita&kind=agenda", "limit=1&limit=2", "tag=jalan", "tag=", "tag=%6Aalan", "t%61g=jalan", "language=id", "category=infrastruktur",
    "published_after=2026-01-01T00:00:00Z", "published_after=2026-01-01T00:00:00%2B08:00", "published_after=2026-01-01T00:00:00+08:00",
    "cursor=", "cursor=AAAA", "cursor=%00", "unknown=1", "dry_run=true", "q=%FF", "q=\u00e9", "=", "&", "limit", "a=b=c", "type=post", "slug=x",
    "type=post&agency=dpu&slug=jalan-ditutup", "url=https%3A%2F%2Flama.example%2F1", "ids=%s", "ids=x", "position=x", "position=", "year=2026",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept-Encoding": ("gzip", "br, zstd;q=0.5", "zstd", "identity", "*", "gzip;q=0", "nonsense"),
    "If-None-Match": ("*", '"x"', "", 'W/"x"'),
    "Min-Seq": ("0", "999999", "abc", "1; epoch=zzz", "-1"),
    "Origin": (HOME, FOREIGN, "null"),
    "Accept-Language": ("id", "id;q=0.1, en", "de"),
    "X-Request-Id": ("of-the-client", "not allowed!", "x" * 65),
    "Host": ("evil.example", "localhost:8000", "LOCALHOST", "a b", "localhost:99999", "\u00e9"),
    "Upgrade": ("websocket",),
    "Connection": ("upgrade",),
    "Range": ("bytes=0-1",),
    "Content-Type": ("application/json",),
    "Forwarded": ("for=192.0.2.7",),
}


class World:
    """Published, withdrawn and missing items, and keys of all kinds."""

    def __init__(self, app: Flask, people: People) -> None:
        posts = [add_published_post(app, title=f"Jalan ditutup {number}", tags=["jalan"]).id for number in range(3)]
        document = add_published_document(app).id
        office = add_office(app)
        gone = add_published_post(app, title="Ditarik").id
        editor = people.person(Role.CENTRAL_EDITOR)
        taken_back = editor.post(
            f"/manage/v1/posts/{gone}/unpublish",
            json={"kind": "gone", "explanation": "Keliru."},
            match=editor.get(f"/manage/v1/posts/{gone}").headers["ETag"],
        )
        assert taken_back.status_code == 200, taken_back.text
        self.site = people.website()
        _, limited = add_key(app, add_consumer(app, name="Dishub", agency="dishub"), agencies=["dishub"])
        _, browser = add_key(app, add_consumer(app, name="Halaman", origins=[HOME]))
        _, files = add_key(app, add_consumer(app, name="Berkas"), scopes=["files:read"])
        self.tokens = [self.site.token, limited, browser, files]
        self.ids = [
            *posts,
            document,
            office,
            gone,
            UNKNOWN,
            posts[0].upper(),
            "x",
            "%00",
            "..",
            "a/b",
            quote("é"),
            "id id",
            "",
        ]
        self.roots = sorted(DirectRoutes.of(app).fixed)

    def environ(self, source: Random) -> dict[str, Any]:
        """Any request."""
        path = self._path(source)
        query = "&".join(source.sample(QUERIES, source.choice((0, 0, 0, 1, 1, 1, 2, 3))))
        headers = {name: source.choice(values) for name, values in HEADERS.items() if source.random() < 0.04}
        if source.random() < 0.93:
            headers["Authorization"] = self._authorization(source)
        method = source.choices(("GET", "HEAD", "OPTIONS", "POST", "DELETE"), (80, 10, 4, 4, 2))[0]
        builder = EnvironBuilder(path, method=method)
        environ = builder.get_environ()
        builder.close()
        environ["PATH_INFO"] = path.encode().decode("latin-1") if source.random() < 0.1 else environ["PATH_INFO"]
        # Addresses without a key are counted.
        environ["REMOTE_ADDR"] = f"203.0.{source.randrange(256)}.{source.randrange(256)}"
        environ["QUERY_STRING"] = query.replace("%s", ",".join(self.ids[:2])).encode().decode("latin-1")
        for name, value in headers.items():
            place = name.upper().replace("-", "_")
            environ[place if name == "Content-Type" else f"HTTP_{place}"] = value.encode().decode("latin-1")
        return environ

    def _path(self, source: Random) -> str:
        root = source.choice(
            [*self.roots, "/v1/posts", "/v1/documents", "/v1/posts", "/v1/nowhere", "/v1", "/v1/media"]
        )
        if source.random() < 0.4:
            root = f"{source.choice([root, '/v1/posts', '/v1/documents', '/v1/offices'])}/{source.choice(self.ids)}"
        return source.choices((root, f"{root}/", f"/{root}", root.upper(), f"{root}//"), (88, 4, 3, 3, 2))[0]

    def _authorization(self, source: Random) -> str:
        token = source.choices(
            [*self.tokens, self.tokens[0] + "x", "smp_" + "0" * 38, "eyJ.a.b", ""], (60, 12, 8, 5, 2, 2, 2, 2)
        )[0]
        scheme = source.choices(("Bearer", "bearer", "Basic", "Bearer  "), (92, 4, 2, 2))[0]
        return f"{scheme} {token}"


@contextmanager
def entered(app: Flask) -> Iterator[list[str]]:
    """The paths with which Flask is entered."""
    paths: list[str] = []

    def note(_sender: Flask, **_more: Any) -> None:
        paths.append("entered")

    with request_started.connected_to(note, app):
        yield paths


def sent(way: Any, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body; ids of requests that the server chose are left out."""
    content, status, headers = run_wsgi_app(way, dict(environ))
    body = b"".join(content)
    own = dict(headers).get("X-Request-Id", "")
    if own != environ.get("HTTP_X_REQUEST_ID"):
        assert own
        body = body.replace(own.encode(), b"ID")
    # How much is left is another number each time.
    pairs = sorted(
        (name, "MOMENT" if name == "RateLimit" else value.replace(own, "ID") if own else value)
        for name, value in headers.items()
    )
    return status.upper(), pairs, body


def through_flask(app: Flask) -> Any:
    """The application without anything around it."""
    return lambda environ, start_response: Flask.wsgi_app(app, environ, start_response)


@pytest.fixture
def world(app: Flask, people: People, city: None) -> World:
    return World(app, people)


def direct_way(app: Flask, *trusted: str) -> DirectAnswers:
    state, runtime = app.extensions["simpul_delivery"], app.extensions["simpul"]
    return DirectAnswers(through_flask(app), app, state, runtime.schema, trusted)


@pytest.mark.parametrize("seed", range(2))
def test_both_ways_give_the_same_answer_to_the_byte(app: Flask, world: World, seed: int) -> None:
    source, direct, long = Random(seed), direct_way(app), through_flask(app)
    direct_ones: Counter[str] = Counter()
    statuses: set[str] = set()
    repeated: list[dict[str, Any]] = []

    for _ in range(REQUESTS):
        environ = repeated.pop() if repeated else world.environ(source)
        with entered(app) as paths:
            first = sent(direct, environ)
        second = sent(long, environ)

        assert first == second, environ
        statuses.add(first[0][:3])
        if not paths:
            direct_ones[first[0][:3]] += 1
        tag = dict(first[1]).get("ETag")
        if tag is not None and source.random() < 0.3:
            # Somebody who has it asks again.
            repeated.append({**environ, "HTTP_IF_NONE_MATCH": source.choice((tag, f"W/{tag}", f'"x", {tag}'))})

    assert direct_ones["200"] > REQUESTS / 15, direct_ones
    assert direct_ones["304"] > REQUESTS / 30, direct_ones
    assert statuses > {"200", "304", "400", "401", "403", "404", "405", "409", "410", "503"}


def test_a_list_a_detail_and_their_repetitions_enter_no_flask(app: Flask, world: World) -> None:
    with entered(app) as paths:
        for path in (
            "/v1/posts",
            "/v1/posts?limit=1&tag=jalan",
            f"/v1/posts/{world.ids[0]}",
            "/v1/whoami",
            "/v1/sync",
            "/v1/feeds/rss",
        ):
            answer = world.site.get(path)
            assert answer.status_code == 200
            assert world.site.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

    assert paths == []


def test_every_route_of_readers_is_taken_directly_but_those_with_files_and_with_two_values(app: Flask) -> None:
    routes = DirectRoutes.of(app)
    rules = {
        rule.rule for rule in app.url_map.iter_rules() if isinstance(app.view_functions[rule.endpoint], ServedView)
    }

    direct = {*routes.fixed, *(f"{start}/<string:{route.named}>" for start, route in routes.named.items())}

    assert rules - direct == THROUGH_FLASK
    assert direct <= rules


def test_an_address_has_the_route_that_werkzeug_finds(app: Flask, world: World) -> None:
    source, routes, found = Random(7), DirectRoutes.of(app), 0
    adapter = app.url_map.bind("localhost")

    for _ in range(3_000):
        path = world._path(source)
        taken = routes.find(path)
        if taken is None:
            continue
        found += 1
        try:
            endpoint, values = adapter.match(path, method="GET")
        except HTTPException as error:
            pytest.fail(f"{path}: {error}")
        assert (app.view_functions[endpoint], values) == (taken[0].served, taken[1])

    assert found > 500


def test_what_is_wrapped_around_a_view_is_never_left_out(app: Flask) -> None:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == "/v1/posts")
    view = app.view_functions[rule.endpoint]
    assert DirectRoute.of(rule, view) is not None

    @wraps(view)
    def outside(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    assert DirectRoute.of(rule, outside) is None
