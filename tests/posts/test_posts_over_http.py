"""Writing posts through the API: create, read, list, change, delete."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from cms.core.ids import new_id
from tests.editorial.city import Caller, post
from tests.factories import add_image

Callers = dict[str, Caller]


def test_a_new_post_is_answered_with_its_address_its_version_and_all_fields(callers: Callers) -> None:
    answer = callers["author"]("POST", "posts", post(tags=["Air Bersih", "air-bersih", "Jalan"], areas=["64.71.06"]))

    assert answer.status_code == 201, answer.json
    data = answer.json["data"]
    assert answer.headers["Location"] == f"http://localhost/manage/v1/posts/{data['id']}"
    assert answer.headers["ETag"] == '"v1"'
    assert (data["type"], data["state"], data["edition"], data["published_edition"]) == ("post", "draft", 1, None)
    assert (data["slug"], data["channel"], data["language"]) == ("penutupan-jalan-mt-haryono", "dpu", "id")
    assert data["tags"] == ["air-bersih", "jalan"]
    assert data["allowed_actions"] == ["edit", "delete", "submit", "archive", "trash", "preview"]
    assert data["credit"] is None
    assert data["author"]["name"] == "author"
    read = callers["author"]("GET", f"posts/{data['id']}")
    assert read.json["data"] == data
    assert read.headers["ETag"] == '"v1"'


def test_every_field_comes_back_as_it_was_written(app: Flask, callers: Callers) -> None:
    written = post(
        channel="kota",
        slug="haryono-tutup",
        summary="Ringkasan.",
        body_format="html",
        language="en",
        category="infrastruktur",
        tags=["jalan"],
        areas=["64.71"],
        dateline="Balikpapan",
        event_date="2026-11-25",
        credit={"unit": "dpu", "initials": ["cha", "mgm"]},
        source_url="https://dpu.balikpapan.example/1",
        valid_from="2026-11-24T08:00:00+08:00",
        valid_until="2026-11-25T00:00:00Z",
        cover=add_image(app),
    )
    data = callers["author"]("POST", "posts", written).json["data"]
    assert {name: data[name] for name in written} == {**written, "valid_from": "2026-11-24T00:00:00Z"}


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"title": ""}, "/title", "too_short"),
        ({"title": "x" * 301}, "/title", "too_long"),
        ({"title": None}, "/title", "not_null"),
        ({"kind": "opini"}, "/kind", "not_allowed"),
        ({"agency": "bubar"}, "/agency", "not_valid_any_more"),
        ({"agency": "tidak-ada"}, "/agency", "not_found"),
        ({"channel": "dishub"}, "/channel", "must_be_owner_or_city"),
        ({"slug": "Ada Spasi"}, "/slug", "bad_format"),
        ({"slug": "cari"}, "/slug", "reserved_word"),
        ({"summary": "x" * 501}, "/summary", "too_long"),
        ({"body": "x" * 200_001}, "/body", "too_long"),
        ({"body": "[klik](javascript:alert(1))"}, "/body", "unsafe_link"),
        ({"language": "xx"}, "/language", "not_allowed"),
        ({"category": "tidak-ada"}, "/category", "not_found"),
        ({"category": "lama"}, "/category", "not_valid_any_more"),
        ({"tags": ["!!"]}, "/tags/0", "bad_format"),
        ({"tags": [f"t{n}" for n in range(21)]}, "/tags", "too_long"),
        ({"areas": ["64.71", "99"]}, "/areas/1", "not_found"),
        ({"areas": ["balikpapan"]}, "/areas/0", "bad_format"),
        ({"event_date": "2026-02-30"}, "/event_date", "bad_format"),
        ({"credit": {"unit": "dpu", "initials": ["a"] * 11}}, "/credit/initials", "too_long"),
        ({"source_url": "javascript:alert(1)"}, "/source_url", "unsafe_link"),
        ({"source_url": "https://a.go.id@evil.example/"}, "/source_url", "unsafe_link"),
        ({"source_url": "//evil.example/"}, "/source_url", "unsafe_link"),
        ({"valid_from": "2026-11-25T00:00:00Z", "valid_until": "2026-11-25T00:00:00Z"}, "/valid_until", "not_before"),
        ({"cover": "gambar"}, "/cover", "bad_format"),
        ({"cover": new_id()}, "/cover", "not_found"),
    ],
)
def test_a_broken_rule_is_named_with_its_field(callers: Callers, values: dict, pointer: str, code: str) -> None:
    answer = callers["central"]("POST", "posts", post(**values))

    assert answer.status_code == 422
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json["errors"]]
    assert callers["central"]("GET", "posts").json["data"] == []


def test_all_faults_are_told_at_once(callers: Callers) -> None:
    answer = callers["author"]("POST", "posts", post(category="tidak-ada", areas=["99"], channel="dishub"))
    assert {error["pointer"] for error in answer.json["errors"]} == {"/category", "/areas/0", "/channel"}


def test_server_owned_and_unknown_fields_are_refused(callers: Callers) -> None:
    for name in ("id", "state", "edition", "published_at", "author", "version", "x"):
        answer = callers["author"]("POST", "posts", post(**{name: "1"}))
        assert (answer.status_code, answer.json["code"]) == (400, "unknown_field"), name
    assert callers["author"]("POST", "posts", post(credit={"x": 1})).status_code == 400


def test_put_creates_under_the_client_s_id_once(callers: Callers) -> None:
    item_id = new_id()
    author = callers["author"]
    assert author("PUT", f"posts/{item_id}", post()).status_code == 428
    created = author("PUT", f"posts/{item_id}", post(), headers={"If-None-Match": "*"})
    assert (created.status_code, created.json["data"]["id"]) == (201, item_id)
    again = author("PUT", f"posts/{item_id}", post(), headers={"If-None-Match": "*"})
    assert (again.status_code, again.json["code"]) == (409, "already_exists")
    replaced = author(
        "PUT", f"posts/{item_id}", post(title="Judul lain", tags=[]), headers={"If-Match": created.headers["ETag"]}
    )
    assert (replaced.status_code, replaced.json["data"]["title"]) == (200, "Judul lain")
    assert replaced.json["data"]["tags"] == []
    assert replaced.json["data"]["edition"] == 2
    stale = author("PUT", f"posts/{item_id}", post(), headers={"If-Match": created.headers["ETag"]})
    assert stale.status_code == 412
    assert author("PUT", "posts/7", post(), headers={"If-None-Match": "*"}).status_code == 400


def test_a_merge_patch_changes_what_it_names_and_null_resets(callers: Callers) -> None:
    author = callers["author"]
    data = author("POST", "posts", post(tags=["jalan"], credit={"unit": "dpu", "initials": ["cha"]})).json["data"]

    patched = author(
        "PATCH", f"posts/{data['id']}", {"tags": None, "credit": {"unit": "DPU"}, "summary": "Baru."}, match='"v1"'
    )

    assert patched.status_code == 200
    after = patched.json["data"]
    assert (after["tags"], after["summary"], after["edition"]) == ([], "Baru.", 2)
    assert after["credit"] == {"unit": "DPU", "initials": ["cha"]}
    assert after["body"] == data["body"]
    assert patched.headers["ETag"] == '"v2"'


def test_a_part_of_the_credit_that_nobody_gave_is_there_all_the_same(callers: Callers) -> None:
    author = callers["author"]
    made = author("POST", "posts", post(credit={"unit": "dpu"}))
    assert made.json["data"]["credit"] == {"unit": "dpu", "initials": []}
    address = f"posts/{made.json['data']['id']}"

    swapped = author("PATCH", address, {"credit": {"unit": None, "initials": ["cha"]}}, match='"v1"')
    emptied = author("PATCH", address, {"credit": {"initials": None}}, match='"v2"')

    assert swapped.json["data"]["credit"] == {"unit": None, "initials": ["cha"]}
    assert emptied.json["data"]["credit"] is None


def test_an_unknown_field_of_the_credit_names_what_is_allowed_there(callers: Callers) -> None:
    answer = callers["author"]("POST", "posts", post(credit={"pangkat": "x"}))
    assert answer.json["errors"][0]["detail"] == "Unknown field. Allowed: initials, unit."


def test_a_patch_that_changes_nothing_makes_no_edition(callers: Callers) -> None:
    author = callers["author"]
    data = author("POST", "posts", post()).json["data"]
    answer = author("PATCH", f"posts/{data['id']}", {"title": data["title"]}, match='"v1"')
    assert (answer.json["data"]["edition"], answer.headers["ETag"]) == (1, '"v1"')


def test_a_patch_needs_the_version_that_was_read(callers: Callers) -> None:
    author = callers["author"]
    path = f"posts/{author('POST', 'posts', post()).json['data']['id']}"

    assert author("PATCH", path, {"summary": "a"}).status_code == 428
    assert author("PATCH", path, {"summary": "a"}, match='"v1"').status_code == 200
    stale = author("PATCH", path, {"summary": "b"}, match='"v1"')
    assert (stale.status_code, stale.headers["ETag"], stale.json["current_etag"]) == (412, '"v2"', '"v2"')


def test_a_draft_can_be_deleted_by_its_author_but_not_once_submitted(callers: Callers) -> None:
    author = callers["author"]
    path = f"posts/{author('POST', 'posts', post()).json['data']['id']}"
    author("POST", f"{path}/submit", {}, match='"v1"')
    refused = author("DELETE", path, match='"v2"')
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    callers["editor"]("POST", f"{path}/return", {"comment": "Lengkapi."}, match='"v2"')

    assert author("DELETE", path, match='"v3"').status_code == 204
    assert author("GET", path).json["data"]["state"] == "trashed"
    assert author("POST", "posts", post()).json["data"]["slug"] == "penutupan-jalan-mt-haryono-2"
    assert author("DELETE", path, match='"v4"').status_code == 403
    assert callers["central"]("DELETE", path, match='"v4"').status_code == 204
    assert author("GET", path).status_code == 404
    assert author("POST", "posts", post()).json["data"]["slug"] == "penutupan-jalan-mt-haryono"


def test_another_agency_s_item_is_answered_like_a_missing_one(callers: Callers) -> None:
    path = f"posts/{callers['author']('POST', 'posts', post()).json['data']['id']}"
    missing = callers["stranger"]("GET", f"posts/{new_id()}")

    for method, suffix, body in (
        ("GET", "", None), ("PATCH", "", {}), ("DELETE", "", None), ("POST", "/submit", {}),
        ("POST", "/return", {"comment": "x"}), ("POST", "/publish", {}), ("POST", "/unpublish", {"kind": "gone", "explanation": "Ditarik."}),
    ):  # fmt: skip
        answer = callers["stranger"](method, path + suffix, body, match='"v1"')
        assert answer.status_code == 404, (method, suffix)
        assert {**answer.json, "request_id": ""} == {**missing.json, "request_id": ""}
    assert callers["stranger"]("GET", "posts").json["data"] == []


def test_roles_that_only_read_cannot_write(callers: Callers) -> None:
    path = f"posts/{callers['author']('POST', 'posts', post()).json['data']['id']}"
    assert callers["auditor"]("GET", path).json["data"]["allowed_actions"] == []
    assert callers["auditor"]("PATCH", path, {}, match='"v1"').status_code == 403
    assert callers["auditor"]("POST", "posts", post()).status_code == 403
    assert callers["admin"]("GET", path).status_code == 403


def test_nobody_writes_for_an_agency_he_is_not_in(callers: Callers) -> None:
    assert callers["stranger"]("POST", "posts", post()).status_code == 403
    path = f"posts/{callers['author']('POST', 'posts', post()).json['data']['id']}"
    moved = callers["author"]("PATCH", path, {"agency": "dishub"}, match='"v1"')
    assert moved.status_code == 403
    assert callers["author"]("GET", path).json["data"]["agency"] == "dpu"

    moved = callers["central"]("PATCH", path, {"agency": "dishub"}, match='"v1"')
    assert (moved.json["data"]["agency"], moved.json["data"]["channel"]) == ("dishub", "dishub")
    assert callers["author"]("GET", path).status_code == 404


def test_the_list_is_filtered_and_paged_in_order_of_change(callers: Callers, moment) -> None:
    author = callers["author"]
    for number in range(5):
        moment(timedelta(seconds=1))
        author("POST", "posts", post(title=f"Berita {number}", kind="berita" if number % 2 else "agenda"))

    page = author("GET", "posts?limit=2").json
    titles = [row["title"] for row in page["data"]]
    while page["links"]["next"]:
        page = author("GET", page["links"]["next"].split("/manage/v1/")[1]).json
        titles += [row["title"] for row in page["data"]]
    assert titles == [f"Berita {number}" for number in (4, 3, 2, 1, 0)]

    def found(query: str) -> int:
        return len(callers["central"]("GET", f"posts?{query}").json["data"])

    assert (found("kind=berita"), found("kind=berita,agenda"), found("agency=dishub")) == (2, 5, 0)
    assert (found("state=draft"), found("state=published"), found("channel=dpu")) == (5, 0, 5)
    assert found("updated_after=2026-11-24T01:00:03Z") == 2
    assert author("GET", "posts?state=x").status_code == 400
    assert author("GET", "posts?class=berkala").status_code == 400
