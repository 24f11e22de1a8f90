"""ETags, kept answers, encodings, Min-Seq, CORS and keys: an answer is repeated only while it is right."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import brotli
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient

from cms.core.permissions import Role
from tests.conftest import counted_statements
from tests.factories import NEWS, add_city, add_consumer, add_key, add_post, add_published_post
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


def test_a_repeated_page_costs_one_small_statement_and_is_the_same_to_the_byte(app: Flask, site: Caller) -> None:
    add_published_post(app)
    first = site.get("/v1/posts")

    app.extensions["simpul_delivery"].remembered.forget()
    with counted_statements(app) as statements:
        second = site.get("/v1/posts")

    assert len(statements) == 1
    assert "change_head" in statements[0]
    assert second.data == first.data
    same = {"ETag", "Last-Modified", "Cache-Control", "Vary", "Content-Type", "Cache-Groups", "Surrogate-Key"}
    assert {name: second.headers[name] for name in same} == {name: first.headers[name] for name in same}
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_a_known_answer_is_304_with_the_same_headers_and_no_body(app: Flask, site: Caller) -> None:
    add_published_post(app)
    full = site.get("/v1/posts")
    app.extensions["simpul"].forget()

    for _kept in (False, True):
        app.extensions["simpul_delivery"].remembered.forget()
        with counted_statements(app) as statements:
            known = site.get("/v1/posts", headers={"If-None-Match": full.headers["ETag"]})
        assert (known.status_code, known.data) == (304, b"")
        for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
            assert known.headers[name] == full.headers[name]
    assert len(statements) == 1


def test_the_next_read_shows_a_publication_and_a_draft_changes_nothing(
    app: Flask, site: Caller, people: People
) -> None:
    post = add_published_post(app, title="Lama")
    before, detail = site.get("/v1/posts"), site.get(f"/v1/posts/{post.id}")
    editor = people.person(Role.CENTRAL_EDITOR)

    version = editor.get(f"/manage/v1/posts/{post.id}").headers["ETag"]
    saved = editor("PATCH", f"/manage/v1/posts/{post.id}", json={"title": "Baru"}, match=version)
    assert saved.status_code == 200, saved.text
    assert site.get(f"/v1/posts/{post.id}").data == detail.data
    assert site.get("/v1/posts").headers["ETag"] == before.headers["ETag"]

    published = editor.post(f"/manage/v1/posts/{post.id}/publish", json=NEWS, match=saved.headers["ETag"])
    assert published.status_code == 200, published.text
    assert site.get("/v1/posts").json["data"][0]["title"] == "Baru"
    assert site.get(f"/v1/posts/{post.id}").headers["ETag"] != detail.headers["ETag"]


def test_another_publication_leaves_the_etag_of_a_detail(app: Flask, site: Caller) -> None:
    post = add_published_post(app)
    detail = site.get(f"/v1/posts/{post.id}")

    add_published_post(app, title="Lain")

    again = site.get(f"/v1/posts/{post.id}", headers={"If-None-Match": detail.headers["ETag"]})
    assert again.status_code == 304


def test_a_draft_never_moves_what_readers_see(app: Flask, site: Caller) -> None:
    before = site.get("/v1/posts")

    add_post(app)

    after = site.get("/v1/posts")
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


@pytest.mark.parametrize(
    ("name", "decode"),
    [
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda raw: zstandard.ZstdDecompressor().decompress(raw)),
    ],
)
def test_the_caller_chooses_the_encoding_and_each_has_its_own_etag(
    app: Flask, site: Caller, name: str, decode: Any
) -> None:
    for number in range(5):
        add_published_post(app, title=f"Berita {number}")
    plain = site.get("/v1/posts")

    for _kept in (False, True):
        packed = site.get("/v1/posts", headers={"Accept-Encoding": name})
        assert packed.headers["Content-Encoding"] == name
        assert decode(packed.data) == plain.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
    known = site.get("/v1/posts", headers={"Accept-Encoding": name, "If-None-Match": packed.headers["ETag"]})
    assert (known.status_code, known.headers["ETag"]) == (304, packed.headers["ETag"])
    refused = site.get("/v1/posts", headers={"Accept-Encoding": f"{name};q=0"})
    assert "Content-Encoding" not in refused.headers


def test_head_is_get_without_the_body(app: Flask, site: Caller) -> None:
    add_published_post(app)
    full = site.get("/v1/posts")

    for _kept in (False, True):
        head = site("HEAD", "/v1/posts")
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(full.data))
        assert head.headers["ETag"] == full.headers["ETag"]


def test_a_demanded_position_is_reached_or_refused_with_retry_after(app: Flask, site: Caller) -> None:
    add_published_post(app)
    position = int(site.get("/v1/posts").headers["Content-Seq"])

    assert site.get("/v1/posts", headers={"Min-Seq": str(position)}).status_code == 200
    ahead = site.get("/v1/posts", headers={"Min-Seq": str(position + 1)})
    assert (ahead.status_code, ahead.json["code"]) == (503, "not_there_yet")
    assert ahead.headers["Retry-After"] == "1"
    refused = site.get("/v1/posts", headers={"Min-Seq": "abc"})
    assert (refused.status_code, refused.json["errors"][0]["header"]) == (400, "Min-Seq")


def test_a_kept_answer_dies_with_its_key(app: Flask, site: Caller, people: People, moment: Any) -> None:
    consumer = add_consumer(app)
    key_id, key = add_key(app, consumer)
    caller = Caller(site.client, key)
    assert caller.get("/v1/posts").status_code == caller.get("/v1/posts").status_code == 200
    admin = people.person(Role.ADMIN)
    path = f"/manage/v1/consumers/{consumer}/keys/{key_id}"

    assert admin("DELETE", path, match=admin.get(path).headers["ETag"]).status_code == 204
    assert caller.get("/v1/posts").status_code == 401

    _id, other = add_key(app, consumer)
    short = Caller(site.client, other)
    assert short.get("/v1/posts").status_code == 200
    moment(timedelta(days=4_000))
    assert short.get("/v1/posts").status_code == 401


@pytest.mark.parametrize("token", ["smp_wrong", "smp_" + "a" * 38, "eyJhbGciOiJIUzI1NiJ9.e30.x", "", "x y"])
def test_a_wrong_key_is_refused_without_touching_the_database(app: Flask, client: FlaskClient, token: str) -> None:
    with counted_statements(app) as statements:
        answer = client.get("/v1/posts", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert statements == []


def test_without_a_key_the_plane_is_closed(client: FlaskClient) -> None:
    answer = client.get("/v1/posts")

    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


def test_an_answer_is_kept_for_the_key_that_asked_alone(app: Flask, site: Caller, client: FlaskClient) -> None:
    add_published_post(app)
    assert site.get("/v1/posts").status_code == site.get("/v1/posts").status_code == 200

    assert client.get("/v1/posts").status_code == 401
    other = {"Authorization": f"Bearer {site.token[:-1]}{'A' if site.token[-1] != 'A' else 'B'}"}
    assert client.get("/v1/posts", headers=other).status_code == 401


def test_a_key_without_the_scope_is_refused(people: People) -> None:
    files_only = people.website(scopes=["files:read"])

    answer = files_only.get("/v1/posts")

    assert (answer.status_code, answer.json["code"]) == (403, "scope_missing")


def test_only_registered_origins_may_read_from_a_browser(app: Flask, site: Caller) -> None:
    home = "https://dpu.balikpapan.example"
    _id, key = add_key(app, add_consumer(app, origins=[home]))
    browser = Caller(site.client, key)

    for _kept in (False, True):
        own = browser.get("/v1/posts", headers={"Origin": home})
        assert own.headers["Access-Control-Allow-Origin"] == home
        exposed = set(own.headers["Access-Control-Expose-Headers"].split(", "))
        assert {"ETag", "Last-Modified", "Link", "Content-Seq", "Cache-Groups", "Surrogate-Key"} <= exposed
        foreign = browser.get("/v1/posts", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in foreign.headers
        assert "Origin" in foreign.headers["Vary"]
    refused = browser.get("/v1/posts?foo=1", headers={"Origin": home})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (400, home)


def test_a_preflight_is_answered_for_registered_origins(app: Flask, site: Caller) -> None:
    home = "https://dpu.balikpapan.example"
    add_key(app, add_consumer(app, origins=[home]))

    def preflight(origin: str) -> Any:
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        return site.client.options("/v1/posts", headers=headers)

    assert preflight(home).headers["Access-Control-Allow-Origin"] == home
    assert "Authorization" in preflight(home).headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in preflight("https://evil.example").headers
