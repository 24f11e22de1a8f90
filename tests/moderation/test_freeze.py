"""A freeze: nothing that readers see changes by an editor's hand, whatever the way; what they have stays, drafts go on."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cms.core.permissions import Role
from tests.factories import add_city, add_image, post_content
from tests.people import Caller, People

POSTS = "/manage/v1/posts"


@pytest.fixture
def editor(app: Flask, people: People) -> Caller:
    """An editor of Dinas Pekerjaan Umum."""
    add_city(app)
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def central(editor: Caller, people: People) -> Caller:
    """A central editor."""
    return people.person(Role.CENTRAL_EDITOR)


def made(caller: Caller, **values: object) -> str:
    return f"{POSTS}/{caller.post(POSTS, post_content(**values)).json['data']['id']}"


def act(caller: Caller, path: str, verb: str, body: dict[str, object] | None = None) -> TestResponse:
    return caller.post(f"{path}/{verb}", body or {}, match=caller.get(path).headers["ETag"])


@pytest.mark.parametrize("scope", ["dpu", None])
def test_nothing_public_changes_and_drafts_go_on(
    app: Flask, people: People, editor: Caller, central: Caller, scope: str | None
) -> None:
    image = f"/manage/v1/media/{add_image(app)}"
    live, draft = made(editor, cover=image.rsplit("/", 1)[1]), made(editor)
    assert act(editor, live, "publish").status_code == 200
    release = editor.post(
        "/manage/v1/releases", {"title": "Rilis", "items": [{"type": "post", "id": draft.rsplit("/", 1)[1]}]}
    )
    published = f"/manage/v1/releases/{release.json['data']['id']}/publish"
    site = people.website()
    shown = site.get(f"/v1/posts/{live.rsplit('/', 1)[1]}")
    assert central.post("/manage/v1/freeze", {"agency": scope, "reason": "Akun dibajak."}).status_code == 201

    together = {"method": "POST", "path": f"{draft}/publish", "if_match": '"v1"', "body": {}}
    refused = [
        act(editor, draft, "publish"),
        act(editor, draft, "schedule", {"publish_at": "2026-12-01T00:00:00Z"}),
        act(editor, live, "unpublish", {"kind": "gone", "explanation": "Ditarik."}),
        editor.post(published, {}, match=release.headers["ETag"]),
        editor.post("/manage/v1/batch", {"atomic": True, "operations": [together]}),
        editor("PATCH", image, match=editor.get(image).headers["ETag"], json={"caption": "Bundaran."}),
    ]

    assert [answer.status_code for answer in refused] == [409] * 6
    assert [refused[place].json["code"] for place in (0, 1, 2, 5)] == ["publishing_frozen"] * 4
    assert site.get(f"/v1/posts/{live.rsplit('/', 1)[1]}").headers["ETag"] == shown.headers["ETag"]
    changed = editor("PATCH", draft, match='"v1"', json={"title": "Draf"})
    assert changed.status_code == 200
    assert central("DELETE", f"/manage/v1/freeze/{scope or 'city'}").status_code == 204
    assert act(editor, draft, "publish").status_code == 200


def test_who_carries_an_item_is_held_by_the_freeze_of_his_own_agency(
    people: People, editor: Caller, central: Caller
) -> None:
    path, elsewhere = made(editor), people.person(Role.AGENCY_EDITOR, "dishub")
    act(editor, path, "publish")
    assert elsewhere.post(f"{path}/reposts", {"agency": "dishub"}).status_code == 201
    central.post("/manage/v1/freeze", {"agency": "dishub", "reason": "Akun dibajak."})
    answer = elsewhere("DELETE", f"{path}/reposts/dishub")
    assert (answer.status_code, answer.json["code"]) == (409, "publishing_frozen")
    central("DELETE", "/manage/v1/freeze/dishub")
    assert elsewhere("DELETE", f"{path}/reposts/dishub").status_code == 204
