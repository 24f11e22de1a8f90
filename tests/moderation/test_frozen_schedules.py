"""What was scheduled before a freeze: the freeze names it, and one call takes all of it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from cms.core.permissions import Role
from cms.editorial.freezes import queries, services
from tests.factories import add_city, post_content
from tests.people import Caller, People

POSTS, FREEZE = "/manage/v1/posts", "/manage/v1/freeze"
REASON = "Akun editor diduga dibajak."
SOON, THEN, LATER = "2026-11-24T01:06:00Z", "2026-11-24T01:07:00Z", "2026-11-24T01:08:00Z"


@pytest.fixture
def editor(app: Flask, people: People) -> Caller:
    """An editor of Dinas Pekerjaan Umum."""
    add_city(app)
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def elsewhere(editor: Caller, people: People) -> Caller:
    """The editor of Dinas Perhubungan."""
    return people.person(Role.AGENCY_EDITOR, "dishub")


@pytest.fixture
def central(editor: Caller, people: People) -> Caller:
    """A central editor."""
    return people.person(Role.CENTRAL_EDITOR)


@pytest.fixture
def admin(editor: Caller, people: People) -> Caller:
    """An administrator, who sees no content and may freeze."""
    return people.person(Role.ADMIN)


def act(caller: Caller, item_id: str, verb: str, body: dict[str, Any] | None = None) -> Any:
    path = f"{POSTS}/{item_id}"
    answer = caller.post(f"{path}/{verb}", body or {}, match=caller.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def made(caller: Caller, **values: Any) -> str:
    return str(caller.post(POSTS, post_content(**values)).json["data"]["id"])


def scheduled(caller: Caller, moment: str, **values: Any) -> str:
    item = made(caller, **values)
    act(caller, item, "schedule", {"publish_at": moment})
    return item


def ending(caller: Caller, moment: str) -> str:
    item = made(caller)
    act(caller, item, "publish")
    act(caller, item, "schedule", {"unpublish_at": moment})
    return item


def frozen_by(caller: Caller, agency: str | None) -> dict[str, Any]:
    answer = caller.post(FREEZE, {"agency": agency, "reason": REASON})
    assert answer.status_code == 201, answer.json
    return dict(answer.json["data"]["schedules"])


def ids(schedules: dict[str, Any]) -> list[str]:
    return [schedule["id"] for schedule in schedules["items"]]


def test_a_freeze_names_what_is_scheduled_in_its_scope(editor: Caller, elsewhere: Caller, admin: Caller) -> None:
    later, soon, end = scheduled(editor, LATER), scheduled(editor, SOON), ending(editor, THEN)
    other = scheduled(elsewhere, SOON, agency="dishub")

    schedules = frozen_by(admin, "dpu")

    assert (schedules["total"], ids(schedules)) == (3, [soon, end, later])
    first = schedules["items"][0]
    assert first == {
        "type": "post",
        "id": soon,
        "agency": "dpu",
        "publish_at": SOON,
        "unpublish_at": None,
        "by": {"id": editor.actor.id, "name": editor.actor.label},
    }
    assert schedules["items"][1]["unpublish_at"] == THEN
    assert frozen_by(admin, None)["total"] == 4
    again = admin.get(f"{FREEZE}/dpu/schedules").json["data"]
    assert again == schedules
    assert other not in ids(again)


def test_the_list_is_bounded_and_tells_how_many_there_are(
    editor: Caller, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        scheduled(editor, SOON)
    monkeypatch.setattr(queries, "MOST_LISTED", 2)

    schedules = frozen_by(admin, None)

    assert (schedules["total"], len(schedules["items"])) == (3, 2)


@pytest.mark.parametrize("batch", [1, 50])
def test_one_call_takes_all_of_it_back(
    app: Flask,
    people: People,
    editor: Caller,
    elsewhere: Caller,
    admin: Caller,
    moment: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
) -> None:
    monkeypatch.setattr(services, "BATCH", batch)
    first, second, end = scheduled(editor, SOON), scheduled(editor, LATER), ending(editor, SOON)
    other, site = scheduled(elsewhere, SOON, agency="dishub"), people.website()
    frozen_by(admin, "dpu")

    answer = admin("DELETE", f"{FREEZE}/dpu/schedules")

    assert (answer.status_code, answer.json["data"]["total"]) == (200, 3)
    assert sorted(ids(answer.json["data"])) == sorted([first, second, end])
    assert answer.json["data"]["items"][0]["by"]["id"] == editor.actor.id
    assert admin.get(f"{FREEZE}/dpu/schedules").json["data"] == {"total": 0, "items": []}
    assert admin("DELETE", f"{FREEZE}/dpu/schedules").json["data"]["total"] == 0
    moment(timedelta(minutes=8))
    assert [site.get(f"/v1/posts/{item}").status_code for item in (first, second, end, other)] == [404, 404, 200, 200]
    item = editor.get(f"{POSTS}/{first}").json["data"]
    assert (item["state"], item["schedule"]) == ("draft", None)
    with app.app_context():
        lines = session.scalars(
            select(Change).where(Change.action == "post.unscheduled").order_by(Change.sequence)
        ).all()
    assert {line.resource_id for line in lines} == {first, second, end}
    assert {(line.actor_id, tuple(line.fields)) for line in lines} == {(admin.actor.id, ("freeze:dpu", "schedule"))}


def test_what_has_come_about_meanwhile_is_no_schedule_any_more(
    people: People, editor: Caller, admin: Caller, moment: Callable[[timedelta], None]
) -> None:
    begun, ends = scheduled(editor, SOON), made(editor)
    act(editor, ends, "schedule", {"publish_at": SOON, "unpublish_at": LATER})
    frozen_by(admin, "dpu")
    moment(timedelta(minutes=6, seconds=30))
    schedules = admin.get(f"{FREEZE}/dpu/schedules").json["data"]
    assert [(schedule["id"], schedule["publish_at"], schedule["unpublish_at"]) for schedule in schedules["items"]] == [
        (ends, None, LATER)
    ]

    taken = admin("DELETE", f"{FREEZE}/dpu/schedules").json["data"]

    assert (taken["total"], ids(taken)) == (1, [ends])
    site = people.website()
    assert [site.get(f"/v1/posts/{item}").status_code for item in (begun, ends)] == [200, 200]
    moment(timedelta(minutes=4))
    assert site.get(f"/v1/posts/{ends}").status_code == 200


def test_only_in_a_frozen_scope_and_only_by_who_may_freeze(editor: Caller, central: Caller, people: People) -> None:
    scheduled(editor, SOON)
    assert central("DELETE", f"{FREEZE}/dpu/schedules").status_code == 404
    assert central.get(f"{FREEZE}/dpu/schedules").status_code == 404
    frozen_by(central, "dpu")
    assert editor("DELETE", f"{FREEZE}/dpu/schedules").status_code == 403
    assert central("DELETE", f"{FREEZE}/city/schedules").status_code == 404
    assert people.person(Role.AUDITOR).get(f"{FREEZE}/dpu/schedules").status_code == 200
    rehearsed = central("DELETE", f"{FREEZE}/dpu/schedules?dry_run=true")
    assert (rehearsed.status_code, rehearsed.json["data"]["total"]) == (200, 1)
    assert central.get(f"{FREEZE}/dpu/schedules").json["data"]["total"] == 1
