"""What editors do to an item whose scheduled moment has passed before the worker came by: it is published, and nothing fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.editorial.schedules.tasks import carry_out_and_follow
from tests.factories import NEWS, add_city, post_content
from tests.people import Caller, People

POSTS = "/manage/v1/posts"
SCHEDULE = {"publish_at": "2026-11-24T01:01:00Z", "unpublish_at": "2026-11-24T01:03:00Z"}
AFTER_THE_BEGINNING, LATER = timedelta(minutes=1, seconds=30), timedelta(minutes=4)
Moment = Callable[[timedelta], None]


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


@pytest.fixture
def editor(site: Caller, people: People) -> Caller:
    """A central editor."""
    return people.person(Role.CENTRAL_EDITOR)


@pytest.fixture(params=["first edition", "second edition"])
def due(request: pytest.FixtureRequest, editor: Caller, moment: Moment) -> str:
    """The address of an item that a schedule has published, with an end still to come."""
    path = f"{POSTS}/{editor.post(POSTS, post_content()).json['data']['id']}"
    if request.param == "second edition":
        act(editor, path, "publish")
        change(editor, path, "Edisi kedua")
    act(editor, path, "schedule", {**SCHEDULE, **NEWS})
    moment(AFTER_THE_BEGINNING)
    return path


def act(editor: Caller, path: str, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """An operation on the item as it is now; it must succeed."""
    answer = editor.post(f"{path}/{verb}", body or {}, match=editor.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.json
    return dict(answer.json["data"])


def change(editor: Caller, path: str, title: str) -> None:
    answer = editor("PATCH", path, match=editor.get(path).headers["ETag"], json={"title": title})
    assert answer.status_code == 200, answer.json


def read(site: Caller, path: str) -> tuple[list[str], int]:
    """What the list shows, and the status of the item; both must agree with the total."""
    listed = site.get("/v1/posts?count=exact").json
    titles = [card["title"] for card in listed["data"]]
    assert listed["meta"]["total"]["value"] == len(titles)
    return titles, site.get(f"/v1/posts/{path.rsplit('/', 1)[1]}").status_code


def test_the_end_is_taken_back(editor: Caller, site: Caller, due: str, moment: Moment) -> None:
    answer = editor("DELETE", f"{due}/schedule", match=editor.get(due).headers["ETag"])
    assert (answer.status_code, answer.json["data"]["state"]) == (200, "published")
    moment(LATER)
    titles, status = read(site, due)
    assert (len(titles), status) == (1, 200)


def test_another_end_is_scheduled(editor: Caller, site: Caller, due: str, moment: Moment) -> None:
    act(editor, due, "schedule", {"unpublish_at": "2026-11-24T01:05:00Z"})
    moment(timedelta(minutes=2))
    assert read(site, due)[1] == 200
    moment(timedelta(minutes=2))
    assert read(site, due) == ([], 410)


@pytest.mark.parametrize(("kind", "status"), [("gone", 410), ("vanish", 404), ("withdrawn", 200)])
def test_it_is_taken_back_and_published_again(
    editor: Caller, site: Caller, due: str, moment: Moment, kind: str, status: int
) -> None:
    act(editor, due, "unpublish", {"kind": kind, "explanation": "Ditarik."})
    moment(LATER)
    titles, found = read(site, due)
    assert (len(titles), found) == (1 if status == 200 else 0, status)

    change(editor, due, "Edisi baru")
    slug = act(editor, due, "publish", NEWS)["slug"]
    assert read(site, due) == (["Edisi baru"], 200)
    assert site.get(f"/v1/resolve?type=post&agency=dpu&slug={slug}").json["data"]["status"] == "live"


def test_a_newer_edition_is_scheduled(editor: Caller, site: Caller, due: str, moment: Moment) -> None:
    change(editor, due, "Edisi baru")
    act(editor, due, "schedule", {"publish_at": "2026-11-24T01:02:00Z", **NEWS})
    assert read(site, due)[1] == 200
    moment(LATER)
    assert read(site, due) == (["Edisi baru"], 200)


def test_another_agency_carries_it(editor: Caller, site: Caller, due: str) -> None:
    assert editor.post(f"{due}/reposts", {"agency": "dishub"}).status_code == 201
    act(editor, due, "unpublish", {"kind": "gone", "explanation": "Ditarik."})
    assert read(site, due) == ([], 410)


def test_what_is_withdrawn_forgets_its_scheduled_end(editor: Caller, site: Caller, moment: Moment) -> None:
    path = f"{POSTS}/{editor.post(POSTS, post_content()).json['data']['id']}"
    act(editor, path, "publish")
    act(editor, path, "schedule", {"unpublish_at": "2026-11-24T01:03:00Z"})
    act(editor, path, "unpublish", {"kind": "withdrawn", "explanation": "Tidak berlaku."})
    moment(LATER)
    assert read(site, path)[1] == 200


def test_a_rollback_takes_back_what_a_schedule_has_just_published(
    editor: Caller, site: Caller, people: People, moment: Moment
) -> None:
    hijacked = people.person(Role.AGENCY_EDITOR, "dpu")
    path = f"{POSTS}/{hijacked.post(POSTS, post_content()).json['data']['id']}"
    act(hijacked, path, "schedule", SCHEDULE)
    moment(AFTER_THE_BEGINNING)
    assert editor.post(f"{path}/reposts", {"agency": "dishub"}).status_code == 201
    assert read(site, path)[1] == 200

    order = {"actor": hijacked.actor.id, "since": "2026-11-24T00:00:00Z", "reason": "Akun dibajak."}
    answer = editor.post("/manage/v1/rollback", order)

    assert (answer.status_code, answer.json["data"]["failed"]) == (200, [])
    assert read(site, path) == ([], 404)
    assert site.get("/v1/posts?channel=dishub").json["data"] == []


@pytest.mark.parametrize("seen_by", ["reader of the item", "worker"])
def test_what_the_schedule_said_takes_the_place_of_the_comment_of_the_submission(
    app: Flask, editor: Caller, moment: Moment, seen_by: str
) -> None:
    path = f"{POSTS}/{editor.post(POSTS, post_content()).json['data']['id']}"
    act(editor, path, "submit", {"comment": "Mohon diperiksa."})
    act(editor, path, "approve")
    act(editor, path, "schedule", {**SCHEDULE, "change_note": "Jadwal baru.", "explanation": "Sudah lewat."})

    comments = []
    for later in (timedelta(minutes=1, seconds=30), timedelta(minutes=2)):
        moment(later)
        if seen_by == "worker":
            with app.app_context():
                carry_out_and_follow()
        comments.append(editor.get(path).json["data"]["comment"])

    assert comments == ["Jadwal baru.", "Sudah lewat."]
