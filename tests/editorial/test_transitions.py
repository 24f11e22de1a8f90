"""From draft to readers and back, over HTTP, and what readers have meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.log import broken_at, read_after
from cms.core.db import session
from cms.publishing.models import Publication, PublicationTerm, PublishedItem
from tests.editorial.city import Caller, document, post
from tests.factories import NEWS

Callers = dict[str, Caller]


def live(app: Flask, item_id: str) -> tuple[str, str] | None:
    """The two JSON texts that readers get."""
    with app.app_context():
        row = session.scalar(
            select(Publication).where(Publication.item_id == item_id, Publication.superseded_sequence.is_(None))
        )
        return None if row is None else (row.card_json, row.full_json)


def made(caller: Caller, **values: Any) -> str:
    """The path of a new post."""
    return f"posts/{caller('POST', 'posts', post(**values)).json['data']['id']}"


def published(callers: Callers, **values: Any) -> str:
    """The path of a published post of version 2."""
    path = made(callers["author"], **values)
    assert callers["editor"]("POST", f"{path}/publish", {}, match='"v1"').status_code == 200
    return path


def test_an_author_submits_and_an_editor_publishes(app: Flask, callers: Callers) -> None:
    path = made(callers["author"], category="infrastruktur", tags=["jalan"], areas=["64.71.06"])
    submitted = callers["author"]("POST", f"{path}/submit", {"comment": "Mohon diperiksa."}, match='"v1"')
    assert submitted.json["data"]["state"] == "in_review"
    assert submitted.json["data"]["comment"] == "Mohon diperiksa."
    assert submitted.json["data"]["allowed_actions"] == ["preview"]
    seen = callers["editor"]("GET", path).json["data"]
    assert seen["allowed_actions"] == ["edit", "return", "approve", "publish", "schedule", "preview"]

    answer = callers["editor"]("POST", f"{path}/publish", {}, match='"v2"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v3"')
    data = answer.json["data"]
    assert (data["state"], data["published_edition"]) == ("published", 1)
    assert data["published_at"] == "2026-11-24T01:00:00Z"
    assert data["allowed_actions"] == ["edit", "schedule", "unpublish", "preview", "repost"]
    card, full = live(app, data["id"])
    serial = json.loads(card)["serial"]
    assert json.loads(card) == {
        "id": data["id"], "type": "post", "kind": "pengumuman", "title": "Penutupan Jalan MT Haryono",
        "slug": "penutupan-jalan-mt-haryono", "summary": None,
        "agency": {"slug": "dpu", "name": "Nama DPU", "short_name": "DPU"}, "channel": "dpu",
        "category": "infrastruktur", "tags": ["jalan"], "areas": ["64.71.06"], "language": "id",
        "published_at": "2026-11-24T01:00:00Z", "updated_at": "2026-11-24T01:00:00Z", "edition": 1, "cover": None,
        "changed_at": "2026-11-24T01:00:00.000000Z",
        "public_updated_at": "2026-11-24T01:00:00Z", "withdrawn": None, "relation": "own", "repost": None,
        "canonical_url": f"http://localhost/go/{data['id']}", "serial": serial, "event": None, "event_date": None,
        "credit_line": "Sumber: Nama DPU",
    }  # fmt: skip
    added = json.loads(full)
    assert json.loads(card).items() <= added.items()
    assert "Jalan MT Haryono ditutup" in added["body_html"]
    assert added["body_text"] == post()["body"]
    with app.app_context():
        found = session.execute(select(PublicationTerm.scheme, PublicationTerm.term))
        terms = {(scheme, term) for scheme, term in found}
        assert broken_at() is None
    assert terms == {
        ("kind", "pengumuman"), ("channel", "dpu"), ("language", "id"), ("category", "infrastruktur"), ("tag", "jalan"),
        ("area", "64"), ("area", "64.71"), ("area", "64.71.06"), ("slug", "penutupan-jalan-mt-haryono"),
    }  # fmt: skip


def test_readers_keep_the_published_edition_byte_for_byte_while_a_new_one_is_written(
    app: Flask, callers: Callers
) -> None:
    path = published(callers)
    item_id = path.split("/")[1]
    before = live(app, item_id)

    draft = callers["author"]("PATCH", path, {"title": "Lain", "body": "Isi lain.", "tags": ["x"]}, match='"v2"')
    callers["author"]("POST", f"{path}/submit", {}, match='"v3"')
    callers["editor"]("POST", f"{path}/return", {"comment": "Belum."}, match='"v4"')

    data = draft.json["data"]
    assert (data["state"], data["edition"], data["published_edition"]) == ("draft", 2, 1)
    assert data["slug"] == "penutupan-jalan-mt-haryono"
    assert live(app, item_id) == before
    callers["editor"]("POST", f"{path}/publish", NEWS, match='"v5"')
    assert json.loads(live(app, item_id)[0])["title"] == "Lain"


def test_an_edition_is_published_once(callers: Callers) -> None:
    path = published(callers)
    again = callers["editor"]("POST", f"{path}/publish", {}, match='"v2"')
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_publish")


@pytest.mark.parametrize("body", [None, "\u200b", "&#8203;&#65279;\u2060", "**.**", "\u3164", "\ufe0f\u00ad"])
def test_a_post_without_text_cannot_be_published(app: Flask, callers: Callers, body: str | None) -> None:
    path = made(callers["author"], body=body)
    refused = callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [("/body", "needed_to_publish")]
    assert live(app, path.split("/")[1]) is None


@pytest.mark.parametrize("title", ["\u200b", "\ufeff", "\u2060", "\u00ad", "\ufe0f", "\u3164", "-- . --", "_"])
def test_a_title_has_something_to_read(callers: Callers, title: str) -> None:
    author, path = callers["author"], made(callers["author"])
    for refused in (
        author("POST", "posts", post(title=title)),
        author("POST", "documents", document(title=title)),
        author("PATCH", path, {"title": title}, match='"v1"'),
        callers["editor"]("POST", "releases", {"title": title, "items": [{"type": "post", "id": path.split("/")[1]}]}),
    ):
        assert refused.status_code == 422, refused.json
        assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [("/title", "blank")]


@pytest.mark.parametrize("title", ["2026", "\u65e5\u672c", "\u0645\u0631\u062d\u0628\u0627", "a\u200b", "\U0001f6a7"])
def test_a_title_of_any_script_of_digits_or_of_one_emoji_is_taken(callers: Callers, title: str) -> None:
    assert callers["author"]("POST", "posts", post(title=title)).status_code == 201


@pytest.mark.parametrize(
    ("path", "field"),
    [("agencies/dpu", "name"), ("agencies/dpu", "short_name"), ("categories/infrastruktur", "name_id")],
)
def test_names_have_something_to_read(callers: Callers, path: str, field: str) -> None:
    refused = callers["admin"]("PATCH", path, {field: "\u200b\u2060"}, match='"v1"')
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [(f"/{field}", "blank")]


def test_a_document_needs_a_summary_with_something_to_read(callers: Callers) -> None:
    made_here = callers["author"]("POST", "documents", document(summary="\u200b"))
    refused = callers["editor"]("POST", f"documents/{made_here.json['data']['id']}/publish", {}, match='"v1"')
    assert "/summary" in [e["pointer"] for e in refused.json["errors"] if e["code"] == "needed_to_publish"]


def test_a_minor_update_moves_only_the_time_of_the_newest_publication(
    app: Flask, callers: Callers, moment: Any
) -> None:
    path = published(callers)
    for body, update, newest, major in (("a", "minor", "01:04", "01:00"), ("b", "major", "01:08", "01:08")):
        moment(timedelta(minutes=4))
        etag = callers["author"]("PATCH", path, {"body": body}, match=callers["author"]("GET", path).headers["ETag"])
        said = {"update": update, "change_note": "Isi diperbarui."}
        callers["editor"]("POST", f"{path}/publish", said, match=etag.headers["ETag"])
        card = json.loads(live(app, path.split("/")[1])[0])
        assert card["published_at"] == "2026-11-24T01:00:00Z"
        assert card["updated_at"] == f"2026-11-24T{newest}:00Z"
        assert card["public_updated_at"] == f"2026-11-24T{major}:00Z"


def test_a_major_update_of_what_readers_had_says_what_is_new(callers: Callers) -> None:
    path = made(callers["author"])
    # Nobody had it before: there is nothing to explain.
    first = callers["editor"]("POST", f"{path}/publish", {"update": "major"}, match='"v1"')
    assert first.status_code == 200
    changed = callers["author"]("PATCH", path, {"body": "Dibuka lagi."}, match=first.headers["ETag"]).headers["ETag"]

    for address, body in ((f"{path}/publish", {}), (f"{path}/schedule", {"publish_at": "2027-01-05T01:00:00Z"})):
        for note in ({}, {"change_note": None}, {"change_note": "  "}):
            for update in ({}, {"update": "major"}):
                refused = callers["editor"]("POST", address, {**body, **update, **note}, match=changed)
                assert refused.status_code == 422
                faults = [(e["pointer"], e["code"]) for e in refused.json["errors"]]
                assert faults == [("/change_note", "needed_for_major")]
    told = {"change_note": "Jalan dibuka lagi."}
    assert callers["editor"]("POST", f"{path}/publish", told, match=changed).status_code == 200


def test_only_central_editors_publish_on_the_city_s_channel(callers: Callers) -> None:
    path = made(callers["author"], channel="kota")
    assert callers["editor"]("POST", f"{path}/publish", {}, match='"v1"').status_code == 403
    assert "publish" not in callers["editor"]("GET", path).json["data"]["allowed_actions"]
    assert callers["central"]("POST", f"{path}/publish", {}, match='"v1"').status_code == 200


def test_a_newer_draft_on_the_own_channel_does_not_take_a_post_away_from_the_city_s(callers: Callers) -> None:
    path = made(callers["author"], channel="kota")
    callers["central"]("POST", f"{path}/publish", {}, match='"v1"')
    callers["editor"]("PATCH", path, {"channel": "dpu"}, match='"v2"')

    assert callers["editor"]("POST", f"{path}/publish", {}, match='"v3"').status_code == 403
    assert callers["editor"]("POST", f"{path}/unpublish", {"kind": "vanish"}, match='"v3"').status_code == 403
    assert callers["central"]("POST", f"{path}/publish", NEWS, match='"v3"').status_code == 200


def test_authors_neither_publish_nor_return_nor_take_back(callers: Callers) -> None:
    author, path = callers["author"], made(callers["author"])
    author("POST", f"{path}/submit", {}, match='"v1"')
    for step, body in (("publish", {}), ("return", {"comment": "x"}), ("unpublish", {"kind": "vanish"})):
        assert author("POST", f"{path}/{step}", body, match='"v2"').status_code == 403


def test_while_in_review_an_editor_may_edit_and_an_author_may_not(callers: Callers) -> None:
    path = made(callers["author"])
    callers["author"]("POST", f"{path}/submit", {}, match='"v1"')
    refused = callers["author"]("PATCH", path, {"summary": "x"}, match='"v2"')
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    edited = callers["editor"]("PATCH", path, {"summary": "x"}, match='"v2"')
    assert (edited.status_code, edited.json["data"]["state"]) == (200, "in_review")


def test_steps_out_of_order_are_refused(callers: Callers) -> None:
    path = made(callers["author"])
    for step, body in (("return", {"comment": "x"}), ("unpublish", {"kind": "gone", "explanation": "Keliru."})):
        refused = callers["editor"]("POST", f"{path}/{step}", body, match='"v1"')
        assert (refused.status_code, refused.json["code"]) == (409, "wrong_state"), step
    assert callers["editor"]("POST", f"{path}/return", {}, match='"v1"').status_code == 422
    published_path = published(callers, title="Lain")
    assert callers["author"]("POST", f"{published_path}/submit", {}, match='"v2"').status_code == 409


@pytest.mark.parametrize("step", ["submit", "return", "publish", "unpublish"])
def test_every_transition_needs_the_current_version(callers: Callers, step: str) -> None:
    body = {"return": {"comment": "x"}, "unpublish": {"kind": "gone", "explanation": "Keliru."}}.get(step, {})
    path = made(callers["author"])
    assert callers["editor"]("POST", f"{path}/{step}", body).status_code == 428
    assert callers["editor"]("POST", f"{path}/{step}", body, match='"v9"').status_code == 412


@pytest.mark.parametrize(("kind", "standing"), [("gone", "gone"), ("vanish", "vanished")])
def test_a_published_post_is_taken_back(app: Flask, callers: Callers, kind: str, standing: str) -> None:
    path = published(callers)
    body = {"kind": kind, "explanation": "Sudah dibuka.", "to": "https://dpu.balikpapan.example/"}

    answer = callers["central"]("POST", f"{path}/unpublish", body, match='"v2"')

    data = answer.json["data"]
    assert (data["state"], data["published_edition"]) == ("unpublished", None)
    assert live(app, data["id"]) is None
    with app.app_context():
        item = session.scalar(select(PublishedItem))
        told = (item.standing, item.explanation, item.alternative)
    assert told == (standing, *((body["explanation"], body["to"]) if kind == "gone" else (None, None)))
    again = callers["editor"]("POST", f"{path}/publish", NEWS, match=answer.headers["ETag"])
    assert again.json["data"]["published_at"] == "2026-11-24T01:00:00Z"
    assert live(app, data["id"]) is not None


def test_what_is_gone_needs_an_explanation_and_a_safe_alternative(callers: Callers) -> None:
    path = published(callers)
    for body, pointer in (
        ({"kind": "gone"}, "/explanation"),
        ({"kind": "gone", "explanation": "x", "to": "//evil.example"}, "/to"),
        ({"kind": "gone", "explanation": "x", "to": "019ac1a0-7c00-7000-8000-000000000002"}, "/to"),
        ({"kind": "redirect"}, "/to"),
        ({"kind": "redirect", "to": "https://slot.example/"}, "/to"),
        ({"kind": "redirect", "to": "019ac1a0-7c00-7000-8000-000000000002"}, "/to"),
        ({"kind": "withdrawn"}, "/explanation"),
        ({"kind": "elsewhere"}, "/kind"),
    ):
        refused = callers["editor"]("POST", f"{path}/unpublish", body, match='"v2"')
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_what_was_published_is_never_deleted_and_keeps_its_owner(callers: Callers) -> None:
    path = published(callers)
    callers["author"]("PATCH", path, {"summary": "x"}, match='"v2"')
    refused = callers["editor"]("DELETE", path, match='"v3"')
    assert (refused.status_code, refused.json["code"]) == (409, "still_published")
    moved = callers["central"]("PATCH", path, {"agency": "dishub"}, match='"v3"')
    assert (moved.status_code, moved.json["errors"][0]["code"]) == (422, "fixed_once_published")


def test_every_write_leaves_one_line_without_content(app: Flask, callers: Callers) -> None:
    path = made(callers["author"])
    callers["author"]("PATCH", path, {"summary": "Rahasia."}, match='"v1"')
    callers["author"]("POST", f"{path}/submit", {}, match='"v2"')
    callers["editor"]("POST", f"{path}/return", {"comment": "x"}, match='"v3"')
    callers["editor"]("POST", f"{path}/publish", {}, match='"v4"')
    callers["editor"]("POST", f"{path}/unpublish", {"kind": "gone", "explanation": "Ditarik."}, match='"v5"')

    with app.app_context():
        lines = [line for line in read_after(0) if line.resource_type == "post"]
        assert [line.action for line in lines] == [
            "post.created", "post.updated", "post.submitted", "post.returned", "post.published", "post.unpublished",
        ]  # fmt: skip
        assert [line.is_public for line in lines] == [False] * 4 + [True] * 2
        assert lines[1].fields == ["summary"]
        assert {line.agency for line in lines} == {"dpu"}


def test_documents_walk_the_same_way(app: Flask, callers: Callers) -> None:
    data = callers["author"]("POST", "documents", document()).json["data"]
    answer = callers["editor"]("POST", f"documents/{data['id']}/publish", {}, match='"v1"')
    assert answer.status_code == 200
    assert json.loads(live(app, data["id"])[1])["class"] == "berkala"
