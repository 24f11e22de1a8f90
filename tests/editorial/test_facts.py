"""What each line of the log says beside who did what: which update, how it ended, why, and which way it came in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.followers import follow_log
from cms.changes.log import broken_at, read_after, record
from cms.core.db import unit_of_work
from cms.core.permissions import Role, system_actor
from cms.editorial.followers import rebuild_changed
from cms.editorial.schedules.tasks import carry_out_and_follow
from tests.factories import add_city, add_published_post, post_content
from tests.people import Caller, People

POSTS = "/manage/v1/posts"
PERSON = {"via": "person"}


@pytest.fixture
def editor(app: Flask, people: People) -> Caller:
    """A central editor."""
    add_city(app)
    return people.person(Role.CENTRAL_EDITOR)


def act(editor: Caller, path: str, verb: str, body: dict[str, Any] | None = None) -> None:
    answer = editor.post(f"{path}/{verb}", body or {}, match=editor.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.json


def draft(editor: Caller) -> str:
    return f"{POSTS}/{editor.post(POSTS, post_content()).json['data']['id']}"


def facts(app: Flask, action: str) -> list[dict[str, Any]]:
    """The facts of the lines with this action, without digests."""
    with app.app_context():
        assert broken_at() is None
        lines = [line.facts for line in read_after(0) if line.action == action]
    return [
        {name: value for name, value in found.items() if name not in {"digest", "scheduled", "also"}} for found in lines
    ]


def test_a_publication_says_whether_it_is_news(app: Flask, editor: Caller) -> None:
    path = draft(editor)
    act(editor, path, "publish")
    editor("PATCH", path, match=editor.get(path).headers["ETag"], json={"title": "Diperbaiki"})
    act(editor, path, "publish", {"update": "minor"})

    assert facts(app, "post.created") == [PERSON]
    assert facts(app, "post.published") == [{**PERSON, "update": "major"}, {**PERSON, "update": "minor"}]


@pytest.mark.parametrize(
    ("kind", "more", "action"),
    [
        ("gone", {"explanation": "Salah."}, "post.unpublished"),
        ("vanish", {}, "post.unpublished"),
        ("redirect", {"to": "/berita"}, "post.unpublished"),
        ("withdrawn", {"explanation": "Salah."}, "post.withdrawn"),
    ],
)
def test_what_goes_away_says_how(app: Flask, editor: Caller, kind: str, more: dict[str, str], action: str) -> None:
    path = draft(editor)
    act(editor, path, "publish")
    act(editor, path, "unpublish", {"kind": kind, **more})

    assert facts(app, action) == [{**PERSON, "ending": kind}]


def test_what_was_scheduled_says_so_and_that_it_expired(
    app: Flask, editor: Caller, moment: Callable[[timedelta], None]
) -> None:
    path = draft(editor)
    act(editor, path, "schedule", {"publish_at": "2026-11-24T01:01:00Z", "unpublish_at": "2026-11-24T01:03:00Z"})
    moment(timedelta(minutes=4))
    with app.app_context():
        carry_out_and_follow()

    scheduled = {**PERSON, "cause": {"kind": "schedule"}}
    assert facts(app, "post.scheduled") == [{**PERSON, "update": "major"}]
    assert facts(app, "post.published") == [scheduled]
    assert facts(app, "post.unpublished") == [{**scheduled, "ending": "expired"}]


def test_all_lines_of_a_release_name_it(app: Flask, editor: Caller) -> None:
    items = [{"type": "post", "id": draft(editor).rpartition("/")[2]} for _ in range(2)]
    made = editor.post("/manage/v1/releases", {"title": "Peluncuran", "items": items})
    path = f"/manage/v1/releases/{made.json['data']['id']}"
    assert editor.post(f"{path}/publish", {}, match=made.headers["ETag"]).status_code == 200

    cause = {"kind": "release", "id": made.json["data"]["id"]}
    assert facts(app, "post.published") == [{**PERSON, "update": "major", "cause": cause}] * 2
    assert facts(app, "release.published") == [{**PERSON, "cause": cause}]


def test_what_is_rebuilt_names_the_line_that_made_it_needed(app: Flask, editor: Caller) -> None:
    add_published_post(app)
    with app.app_context():
        with unit_of_work() as unit:
            unit.session.get_one(Agency, "dpu").name = "Dinas PUPR"
            renamed = record(unit, Action.AGENCY_UPDATED, "dpu", system_actor("test"), agency="dpu", fields=["name"])
        while follow_log("presenter", rebuild_changed):
            pass
        number = renamed.sequence

    assert facts(app, "agency.updated") == [{"via": "system"}]
    assert facts(app, "post.rebuilt") == [{"via": "system", "cause": {"kind": "rebuild", "id": str(number)}}]


def test_auditors_read_the_facts(app: Flask, editor: Caller, people: People) -> None:
    add_published_post(app)
    line = people.person(Role.AUDITOR).get("/manage/v1/changes?action=post.published").json["data"][0]

    assert {name: line["facts"][name] for name in ("via", "update", "ending", "cause")} == {
        "via": "person",
        "update": "major",
        "ending": None,
        "cause": None,
    }
