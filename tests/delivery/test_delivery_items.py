"""Details, items by id and addresses: what is live, what is gone, and what is as if it had never been."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.core.ids import new_id
from cms.core.permissions import Role
from tests.conftest import counted_statements
from tests.factories import CITY, add_agencies, add_city, add_post, add_published_document, add_published_post
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


@pytest.fixture
def editor(people: People, app: Flask) -> Caller:
    """A central editor."""
    add_agencies(app, CITY)
    return people.person(Role.CENTRAL_EDITOR)


def unpublish(editor: Caller, item_id: str, **body: Any) -> None:
    version = editor.get(f"/manage/v1/posts/{item_id}").headers["ETag"]
    answer = editor.post(f"/manage/v1/posts/{item_id}/unpublish", json=body, match=version)
    assert answer.status_code == 200, answer.text


def test_a_detail_has_what_its_card_has_and_the_body(app: Flask, site: Caller) -> None:
    post = add_published_post(app)

    card = site.get("/v1/posts").json["data"][0]
    full = site.get(f"/v1/posts/{post.id}").json["data"]

    assert {name: full[name] for name in card} == card
    assert "<strong>MT Haryono</strong>" in full["body_html"]
    assert full["agency"] == {"slug": "dpu", "name": "Dinas Dpu", "short_name": "DPU"}


def test_drafts_and_unknown_ids_answer_alike(app: Flask, site: Caller) -> None:
    draft = add_post(app)

    answers = [site.get(f"/v1/posts/{item_id}") for item_id in (draft.id, new_id(), "abc", "%00", "a" * 400)]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json["code"] for answer in answers} == {"not_found"}
    assert all("ETag" not in answer.headers for answer in answers)


def test_a_post_is_no_document(app: Flask, site: Caller) -> None:
    post = add_published_post(app)

    assert site.get(f"/v1/documents/{post.id}").status_code == 404


def test_what_is_gone_says_why_and_where_to_look(app: Flask, site: Caller, editor: Caller) -> None:
    post = add_published_post(app)
    unpublish(editor, post.id, kind="gone", explanation="Salah tanggal.")

    answer = site.get(f"/v1/posts/{post.id}")
    resolved = site.get(f"/v1/resolve?type=post&agency=dpu&slug={post.slug}")

    assert (answer.status_code, answer.json["code"]) == (410, "gone")
    assert answer.json["explanation"] == "Salah tanggal."
    assert (resolved.json["data"]["status"], resolved.json["data"]["explanation"]) == ("gone", "Salah tanggal.")
    assert site.get("/v1/posts").json["data"] == []
    assert site.get(f"/v1/items?ids={post.id}").json["meta"]["missing"] == [post.id]


def test_what_vanished_answers_like_nothing_at_all(app: Flask, site: Caller, editor: Caller) -> None:
    post = add_published_post(app)
    unpublish(editor, post.id, kind="vanish")

    assert site.get(f"/v1/posts/{post.id}").status_code == 404
    assert site.get(f"/v1/resolve?type=post&agency=dpu&slug={post.slug}").status_code == 404


def test_an_address_resolves_to_the_id(app: Flask, site: Caller) -> None:
    document = add_published_document(app)

    live = site.get(f"/v1/resolve?type=document&agency=dpu&slug={document.slug}").json["data"]

    assert (live["status"], live["id"], live["to"]) == ("live", document.id, None)
    for headers in ({}, {"If-None-Match": "*"}):
        missing = site.get("/v1/resolve?type=document&agency=dpu&slug=tidak-ada", headers=headers)
        assert missing.status_code == 404
    assert site.get("/v1/resolve?type=document&agency=dpu").status_code == 400


def test_a_hundred_items_are_read_at_once_and_no_more(app: Flask, site: Caller) -> None:
    posts = [add_published_post(app, title=f"Berita {number}").id for number in range(3)]
    document = add_published_document(app).id

    posts.reverse()

    answer = site.get(f"/v1/items?ids={','.join([*posts, document])}")

    assert [item["id"] for item in answer.json["data"]] == [*posts, document]
    assert site.get("/v1/items?ids=" + ",".join(new_id() for _ in range(101))).status_code == 400


def test_a_detail_costs_one_statement(app: Flask, site: Caller) -> None:
    post = add_published_post(app)
    site.get("/v1/whoami")

    with counted_statements(app) as statements:
        full = site.get(f"/v1/posts/{post.id}")
    add_published_post(app, title="Lain")
    with counted_statements(app) as again:
        known = site.get(f"/v1/posts/{post.id}", headers={"If-None-Match": full.headers["ETag"]})

    assert (len(statements), len(again), known.status_code) == (1, 1, 304)


def test_agencies_and_areas_are_listed_in_pages(app: Flask, site: Caller) -> None:
    first = site.get("/v1/agencies?limit=2")
    rest = site.get(first.json["links"]["next"])

    assert [agency["slug"] for agency in first.json["data"] + rest.json["data"]] == ["dishub", "dpu", "kota"]
    assert site.get("/v1/agencies?kind=kota").json["data"][0]["slug"] == "kota"
    assert site.get("/v1/agencies?active=false").json["data"] == []
    assert site.get("/v1/agencies/dpu").json["data"]["short_name"] == "DPU"
    unknown = {"address": None, "phone": None, "email": None, "hours": None}
    assert site.get("/v1/agencies/dpu").json["data"]["contact"] == unknown
    assert site.get("/v1/agencies/tidak-ada").status_code == 404
    assert [area["code"] for area in site.get("/v1/areas?parent=64.71").json["data"]] == ["64.71.06"]
    assert len(site.get("/v1/areas?level=kelurahan,kecamatan").json["data"]) == 2


def test_a_key_learns_what_it_may_do_and_what_the_server_can(app: Flask, people: People) -> None:
    limited = people.website(scopes=["content:read"], agencies=["dpu"])

    me = limited.get("/v1/whoami").json["data"]
    able = limited.get("/v1/capabilities").json["data"]

    assert (me["scopes"], me["agencies"], me["kind"]) == (["content:read"], ["dpu"], "website")
    assert "area" in able["types"]["post"]["filters"]
    assert "class" in able["types"]["document"]["filters"]
