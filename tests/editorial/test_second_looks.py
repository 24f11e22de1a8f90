"""Ways around a second look: words beside the content, texts brought back, drafts seen by who only carries an item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cms.agencies.models import Agency
from cms.core.db import unit_of_work
from cms.core.permissions import Role
from tests.factories import NEWS, add_city, add_image, add_published_document, post_content
from tests.media.library import uploaded
from tests.people import Caller, People

POSTS = "/manage/v1/posts"
ADVERTISEMENT = "Situs slot gacor maxwin, deposit pulsa, daftar sekarang."
LINK = "Baca https://tidak-dikenal.xyz/info"
SOON = "2026-11-24T01:05:00Z"


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


@pytest.fixture
def editor(site: Caller, people: People) -> Caller:
    """An editor of Dinas Pekerjaan Umum, who may publish directly."""
    return people.person(Role.AGENCY_EDITOR, "dpu")


def made(caller: Caller, **values: Any) -> str:
    answer = caller.post(POSTS, post_content(**values))
    assert answer.status_code == 201, answer.json
    return f"{POSTS}/{answer.json['data']['id']}"


def act(caller: Caller, path: str, verb: str, body: dict[str, Any] | None = None) -> TestResponse:
    return caller.post(f"{path}/{verb}", body or {}, match=caller.get(path).headers["ETag"])


def change(caller: Caller, path: str, **values: Any) -> None:
    assert caller("PATCH", path, match=caller.get(path).headers["ETag"], json=values).status_code == 200


@pytest.mark.parametrize("words", [ADVERTISEMENT, LINK])
@pytest.mark.parametrize(
    ("verb", "field", "body", "is_live"),
    [
        ("publish", "change_note", {}, False),
        ("schedule", "change_note", {"publish_at": SOON}, False),
        ("schedule", "explanation", {"publish_at": SOON, "unpublish_at": "2026-11-24T02:00:00Z"}, False),
        ("unpublish", "explanation", {"kind": "gone"}, True),
        ("unpublish", "explanation", {"kind": "withdrawn"}, True),
    ],
)
def test_public_words_beside_the_content_are_looked_at(
    editor: Caller, verb: str, field: str, body: dict[str, Any], is_live: bool, words: str
) -> None:
    path = made(editor)
    if is_live:
        assert act(editor, path, "publish").status_code == 200
    before = editor.get(path).json["data"]

    refused = act(editor, path, verb, {**body, field: words})

    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [(f"/{field}", "suspicious_note")]
    assert editor.get(path).json["data"] == before
    assert act(editor, path, verb, {**body, field: "Jadwal diperbarui."}).status_code == 200


def test_so_is_where_readers_are_sent(editor: Caller) -> None:
    path = made(editor)
    act(editor, path, "publish")
    refused = act(
        editor, path, "unpublish", {"kind": "gone", "explanation": "Pindah.", "to": "https://kabar-terbaru.xyz/"}
    )
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/to"


def test_so_is_the_note_of_a_release(editor: Caller, site: Caller) -> None:
    path = made(editor)
    release = editor.post(
        "/manage/v1/releases", {"title": "Rilis", "items": [{"type": "post", "id": path.rsplit("/", 1)[1]}]}
    )
    address = f"/manage/v1/releases/{release.json['data']['id']}/publish"
    refused = editor.post(address, {"change_note": ADVERTISEMENT}, match=release.headers["ETag"])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "suspicious_note")
    assert site.get("/v1/posts").json["data"] == []


def test_so_is_what_images_in_a_body_say(editor: Caller) -> None:
    path = made(editor, body=f"Jalan ditutup. ![{ADVERTISEMENT}](/v1/media/{uploaded(editor)['id']})")
    assert [reason["code"] for reason in editor.get(path).json["data"]["hold"]] == ["lexicon"]
    assert act(editor, path, "publish").status_code == 409


def test_who_carries_an_item_sees_no_draft_of_it(editor: Caller, people: People) -> None:
    elsewhere = people.person(Role.AGENCY_EDITOR, "dishub")
    path = made(editor)
    act(editor, path, "publish")
    assert elsewhere.post(f"{path}/reposts", {"agency": "dishub"}).status_code == 201
    assert elsewhere.get(f"{path}/social").status_code == 200
    act(editor, path, "unpublish", {"kind": "gone", "explanation": "Ditarik."})
    change(editor, path, title="Rencana rahasia")

    assert elsewhere.get(f"{path}/social").status_code == 404
    assert elsewhere.get(f"{path}/reposts").status_code == 200
    assert "Rencana rahasia" in editor.get(f"{path}/social").json["data"]["text"]


@pytest.fixture
def four_eyes(app: Flask, site: Caller) -> None:
    """Dinas Pekerjaan Umum asks for a second person."""
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Agency, "dpu").four_eyes = True


def test_who_wrote_a_text_does_not_approve_it_when_a_colleague_brings_it_back(
    editor: Caller, people: People, four_eyes: None
) -> None:
    author, central = people.person(Role.AUTHOR, "dpu"), people.person(Role.CENTRAL_EDITOR)
    path = made(author)
    act(author, path, "submit")
    assert act(editor, path, "approve").status_code == 200
    assert act(editor, path, "publish").status_code == 200
    change(editor, path, title="Tulisan editor")
    assert act(editor, path, "discard").status_code == 200

    assert act(author, path, "restore", {"edition": 2}).status_code == 200
    act(author, path, "submit")

    refused = act(editor, path, "approve")
    assert (refused.status_code, refused.json["code"]) == (409, "approval_not_yours")
    assert act(central, path, "approve").status_code == 200


def test_who_wrote_what_readers_had_does_not_approve_it_after_a_discard(
    editor: Caller, people: People, four_eyes: None
) -> None:
    author, central = people.person(Role.AUTHOR, "dpu"), people.person(Role.CENTRAL_EDITOR)
    path = made(editor)
    act(editor, path, "submit")
    act(central, path, "approve")
    assert act(central, path, "publish").status_code == 200
    act(central, path, "unpublish", {"kind": "gone", "explanation": "Keliru."})
    change(author, path, title="Usul penulis")
    assert act(author, path, "discard").status_code == 200
    act(author, path, "submit")

    assert act(editor, path, "approve").status_code == 409
    assert act(central, path, "approve").status_code == 200


@pytest.mark.parametrize("state", ["approved", "scheduled"])
def test_an_approved_picture_is_explained_anew_only_by_who_could_publish_it(
    app: Flask, editor: Caller, people: People, state: str
) -> None:
    author, image = people.person(Role.AUTHOR, "dpu"), add_image(app)
    path, address = made(author, cover=image), f"/manage/v1/media/{image}"
    words = {"caption": "Bundaran DPU."}
    assert author("PATCH", address, match=author.get(address).headers["ETag"], json=words).status_code == 200
    act(author, path, "submit")
    asked = author("PATCH", address, match=author.get(address).headers["ETag"], json={"caption": "Lain."})
    assert asked.status_code == 403, "what somebody is looking at stays as it is, as with the text"
    assert act(editor, path, "approve").status_code == 200
    if state == "scheduled":
        assert act(editor, path, "schedule", {"publish_at": SOON}).status_code == 200

    refused = author("PATCH", address, match=author.get(address).headers["ETag"], json={"caption": "Lain."})

    assert refused.status_code == 403
    assert editor("PATCH", address, match=editor.get(address).headers["ETag"], json={"caption": "Lain."}).json


def test_the_end_of_what_the_city_shows_is_the_citys(editor: Caller, people: People) -> None:
    central = people.person(Role.CENTRAL_EDITOR)
    path = made(central, channel="kota")
    act(central, path, "publish")
    act(central, path, "schedule", {"unpublish_at": "2026-12-01T00:00:00Z"})
    change(editor, path, channel="dpu")

    refused = editor("DELETE", f"{path}/schedule", match=editor.get(path).headers["ETag"])

    assert refused.status_code == 403
    assert "unschedule" not in editor.get(path).json["data"]["allowed_actions"]
    assert central.get(path).json["data"]["schedule"]["unpublish_at"] == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize("address", ["https://[::1/", "https://balikpapan.go.id:99999/", "https://[::g]/"])
def test_addresses_that_cannot_be_read_are_refused(editor: Caller, address: str) -> None:
    path = made(editor)
    act(editor, path, "publish")
    assert act(editor, path, "unpublish", {"kind": "redirect", "to": address}).status_code == 422
    assert act(editor, path, "unpublish", {"kind": "gone", "explanation": "Pindah.", "to": address}).status_code == 422
    assert editor.post(POSTS, post_content(source_url=address)).status_code == 422


def test_an_address_that_leads_to_another_type_follows_it(app: Flask, site: Caller, people: People) -> None:
    central = people.person(Role.CENTRAL_EDITOR)
    path, target = made(central), add_published_document(app)
    slug = act(central, path, "publish").json["data"]["slug"]
    act(central, path, "unpublish", {"kind": "redirect", "to": target.id})
    address = f"/v1/resolve?type=post&agency=dpu&slug={slug}"
    first = site.get(address)
    assert first.json["data"]["slug"] == target.slug

    act(central, f"/manage/v1/documents/{target.id}", "unpublish", {"kind": "vanish"})

    now = site.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (now.status_code, now.json["data"]["slug"]) == (200, None)


def test_discarding_returns_to_what_a_schedule_has_published(
    app: Flask, editor: Caller, people: People, moment: Callable[[timedelta], None]
) -> None:
    path = made(editor)
    act(editor, path, "publish")
    change(editor, path, title="Edisi kedua")
    act(editor, path, "schedule", {"publish_at": "2026-11-24T01:01:00Z", **NEWS})
    # Carrying it renders what readers have once more, behind the row of the schedule.
    assert people.person(Role.AGENCY_EDITOR, "dishub").post(f"{path}/reposts", {"agency": "dishub"}).status_code == 201
    moment(timedelta(minutes=2))
    act(editor, path, "unpublish", {"kind": "gone", "explanation": "Selesai."})
    change(editor, path, title="Edisi ketiga")
    assert act(editor, path, "discard").json["data"]["title"] == "Edisi kedua"
