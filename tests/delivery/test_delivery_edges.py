"""Small things that a reader stumbles over: encoded parameters, errors in a browser, addresses beside the plane."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.conftest import counted_statements
from tests.factories import (
    CITY,
    add_agencies,
    add_city,
    add_consumer,
    add_key,
    add_published_document,
    add_published_post,
)
from tests.people import Caller, People

HOME = "https://dpu.balikpapan.example"
FOREIGN = "https://evil.example"
GONE = "019ac1a0-7c00-7000-8000-000000000009"


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


@pytest.mark.parametrize("name", ["cursor", "%63ursor", "c%75rsor"])
def test_the_next_link_leaves_no_cursor_behind_however_it_was_written(app: Flask, site: Caller, name: str) -> None:
    posts = [add_published_post(app, title=f"Berita {number}").id for number in range(3)]
    first = site.get("/v1/posts?limit=1").json
    second = site.get(f"/v1/posts?{name}={first['links']['next'].partition('cursor=')[2]}&limit=1").json

    third = site.get(second["links"]["next"].partition("/v1")[1] + second["links"]["next"].partition("/v1")[2])

    assert third.status_code == 200, third.text
    assert {first["data"][0]["id"], second["data"][0]["id"], third.json["data"][0]["id"]} == set(posts)


def test_a_time_whose_plus_was_not_encoded_says_so(site: Caller) -> None:
    answer = site.get("/v1/posts?published_after=2026-01-01T00:00:00+08:00")

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, "bad_format")
    assert "%2B" in answer.json["errors"][0]["detail"]
    assert site.get("/v1/posts?published_after=2026-01-01T00:00:00%2B08:00").status_code == 200
    assert "%2B" not in site.get("/v1/posts?published_after=2026-01-01").json["errors"][0]["detail"]


def test_a_page_of_a_registered_origin_can_read_why_it_was_refused(app: Flask, site: Caller) -> None:
    _id, key = add_key(app, add_consumer(app, origins=[HOME]), scopes=["files:read"])
    refused = {
        401: (Caller(site.client, key + "x"), {}),
        403: (Caller(site.client, key), {}),
        503: (site, {"Min-Seq": "999999"}),
        400: (site, {"Min-Seq": "abc"}),
    }

    for status, (caller, more) in refused.items():
        for origin, allowed in ((HOME, HOME), (FOREIGN, None), ("null", None)):
            answer = caller.get("/v1/posts", headers={"Origin": origin, **more})
            assert answer.status_code == status
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed
            assert "Origin" in answer.headers["Vary"]
    assert "Retry-After" in site.get("/v1/posts", headers={"Origin": HOME, "Min-Seq": "999999"}).headers


def test_a_page_of_another_website_cannot_read_an_error_of_a_key_that_is_not_its_own(app: Flask, site: Caller) -> None:
    add_key(app, add_consumer(app, origins=[FOREIGN]))
    _id, key = add_key(app, add_consumer(app, origins=[HOME]))

    answers = {
        (path, origin): Caller(site.client, key).get(path, headers={"Origin": origin})
        for path in (f"/v1/posts/{GONE}", "/v1/posts?sort=worst")
        for origin in (HOME, FOREIGN)
    }

    assert {answer.status_code for answer in answers.values()} == {400, 404}
    for (_path, origin), answer in answers.items():
        assert answer.headers.get("Access-Control-Allow-Origin") == (HOME if origin == HOME else None)


def test_a_wrong_key_from_a_browser_costs_no_statement_once_the_origins_are_known(app: Flask, site: Caller) -> None:
    _id, key = add_key(app, add_consumer(app, origins=[HOME]))
    stranger = Caller(site.client, key + "x")
    stranger.get("/v1/posts", headers={"Origin": HOME})

    with counted_statements(app) as statements:
        answer = stranger.get("/v1/posts", headers={"Origin": HOME})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"], statements) == (401, HOME, [])


def test_the_bare_prefix_belongs_to_the_plane_of_the_key(site: Caller) -> None:
    for path in ("/v1", "/v1/", "/v1/tidak-ada"):
        assert (site.get(path).status_code, site.client.get(path).status_code) == (404, 401)


def test_who_was_sent_to_what_vanished_is_not_sent_to_nowhere(app: Flask, site: Caller, people: People) -> None:
    add_agencies(app, CITY)
    editor = people.person(Role.CENTRAL_EDITOR)
    source, target = add_published_post(app, title="Asal"), add_published_post(app, title="Tujuan")
    take_back(editor, source.id, kind="redirect", to=target.id, explanation="Digabung.")
    take_back(editor, target.id, kind="vanish")

    answer = site.get(f"/v1/posts/{source.id}")

    assert (answer.status_code, answer.json["code"], answer.json["alternative"]) == (410, "gone", None)
    assert answer.json["explanation"] == "Digabung."
    assert site.get(f"/v1/resolve?type=post&agency=dpu&slug={source.slug}").json["data"]["status"] == "gone"


def take_back(editor: Caller, item_id: str, **body: Any) -> None:
    version = editor.get(f"/manage/v1/posts/{item_id}").headers["ETag"]
    answer = editor.post(f"/manage/v1/posts/{item_id}/unpublish", json=body, match=version)
    assert answer.status_code == 200, answer.text


def test_several_items_are_read_with_just_the_fields_that_are_wanted(app: Flask, site: Caller) -> None:
    post, document = add_published_post(app), add_published_document(app)
    ids = f"/v1/items?ids={post.id},{document.id},{GONE}"

    bare = site.get(f"{ids}&fields=id").json
    mixed = site.get(f"{ids}&fields=id,updated_at,class").json
    full = site.get(f"{ids}&fields=id,body_text,files").json["data"]

    assert (bare["data"], bare["meta"]["missing"]) == ([{"id": post.id}, {"id": document.id}], [GONE])
    assert [set(item) for item in mixed["data"]] == [{"id", "updated_at"}, {"id", "updated_at", "class"}]
    assert full[0]["body_text"]
    assert full[1]["files"] == []
    wrong = site.get(f"{ids}&fields=nama")
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (400, "not_allowed")
