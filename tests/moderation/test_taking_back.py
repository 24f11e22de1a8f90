"""Taking back passes a tripped breaker, up to a limit; what leaves no trace or leads elsewhere does not; a freeze stops a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cms.core.errors import Forbidden
from cms.core.permissions import Role
from cms.editorial.items.services import publish_item
from cms.posts.content import POST
from tests.cli.test_commands import run
from tests.moderation.test_breakers import BREAKERS, act, made, open_trips, outcomes
from tests.people import Caller, People

LIMITS = {
    "BREAKER_PERSON": "8",
    "BREAKER_AGENCY_PERCENT": "30",
    "BREAKER_AGENCY_LEAST": "50",
    "BREAKER_TAKING_BACK": "4",
}
GONE = {"kind": "gone", "explanation": "Salah unggah."}
WITHDRAWN = {"kind": "withdrawn", "explanation": "Tidak berlaku."}
FREEZE = "/manage/v1/freeze"


@pytest.fixture
def people(server: Flask) -> People:
    return People(server, server.test_client())


@pytest.fixture
def city(server: Flask) -> None:
    """That server has its city."""


@pytest.fixture
def paused(editor: Caller) -> list[str]:
    """Eight items that the editor published, which tripped the breaker."""
    items = [made(editor, title=f"Berita {number}") for number in range(8)]
    for item in items:
        assert act(editor, item, "publish").status_code == 200
    return items


@pytest.mark.usefixtures("app")
def test_what_is_gone_or_withdrawn_passes_a_trip_up_to_the_limit(
    people: People, editor: Caller, central: Caller, paused: list[str], moment: Callable[[timedelta], None]
) -> None:
    assert act(editor, made(editor, title="Lain"), "publish").json["code"] == "publishing_paused"

    bodies = (GONE, WITHDRAWN, GONE, WITHDRAWN, GONE)
    answers = [act(editor, item, "unpublish", body) for item, body in zip(paused, bodies, strict=False)]

    assert outcomes(answers) == ["200"] * 4 + ["second_person_needed"]
    assert act(editor, paused[5], "unpublish", WITHDRAWN).json["code"] == "second_person_needed"
    assert act(central, paused[5], "unpublish", GONE).status_code == 200, "a second person has a count of his own"
    [trip] = [trip for trip in open_trips(central) if trip["kind"] == "removal"]
    assert (trip["subject"], trip["count"]) == (editor.actor.id, 4)
    assert central.post(f"{BREAKERS}/{trip['id']}/reset").status_code == 200
    moment(timedelta(seconds=1))
    assert act(editor, paused[4], "unpublish", GONE).status_code == 200
    assert act(editor, made(editor, title="Baru"), "publish").json["code"] == "publishing_paused", "not its reset"


def test_taking_back_goes_on_after_an_hour(
    app: Flask, people: People, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    items = [made(central, title=f"Berita {number}") for number in range(6)]
    for item in items:
        act(central, item, "publish")
    answers = [act(central, item, "unpublish", GONE) for item in items[:5]]
    assert outcomes(answers) == ["200"] * 4 + ["second_person_needed"]
    [trip] = open_trips(central)
    assert central.post(f"{BREAKERS}/{trip['id']}/reset").json["code"] == "approval_not_yours"
    moment(timedelta(minutes=61))
    # Access tokens last a quarter of an hour, so somebody else looks.
    assert people.person(Role.AUDITOR).get(f"{BREAKERS}?open=true").json["data"] == []


def test_what_vanishes_or_leads_elsewhere_does_not_pass(editor: Caller, central: Caller, paused: list[str]) -> None:
    refused = act(editor, paused[0], "unpublish", {"kind": "vanish"})
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    redirect = {"kind": "redirect", "to": paused[1]}
    assert act(editor, paused[0], "unpublish", redirect).json["code"] == "publishing_paused"
    assert act(central, paused[0], "unpublish", redirect).status_code == 200
    assert act(central, paused[2], "unpublish", {"kind": "vanish"}).status_code == 200
    assert "vanish" in central.get(f"/manage/v1/posts/{paused[3]}").json["data"]["allowed_actions"]
    assert "vanish" not in editor.get(f"/manage/v1/posts/{paused[3]}").json["data"]["allowed_actions"]
    more = [made(central, title=f"Lain {number}") for number in range(7)]
    assert outcomes([act(central, item, "publish") for item in more]) == ["200"] * 6 + ["publishing_paused"]


def test_carrying_something_no_longer_is_taking_back(people: People, central: Caller) -> None:
    items = [made(central, title=f"Berita {number}") for number in range(5)]
    for item in items:
        act(central, item, "publish")
    elsewhere = people.person(Role.AGENCY_EDITOR, "dishub")
    for item in items:
        assert elsewhere.post(f"/manage/v1/posts/{item}/reposts", {"agency": "dishub"}).status_code == 201
    answers = [elsewhere("DELETE", f"/manage/v1/posts/{item}/reposts/dishub") for item in items]
    assert [answer.status_code for answer in answers] == [204] * 4 + [409]


def test_a_freeze_of_a_person_stops_everything_that_person_does(
    server: Flask, people: People, editor: Caller, central: Caller
) -> None:
    item, live = made(editor), made(editor, title="Terbit")
    act(editor, live, "publish")
    colleague = people.person(Role.AUTHOR, "dpu")
    person = {"person": editor.actor.id, "reason": "Akun diduga dibajak."}

    frozen = central.post(FREEZE, person)

    assert frozen.status_code == 201, frozen.json
    scope = frozen.json["data"]["scope"]
    assert (scope, frozen.json["data"]["person"]["id"]) == (f"person:{editor.actor.id}", editor.actor.id)
    assert central.post(FREEZE, person).status_code == 409
    path = f"/manage/v1/posts/{item}"
    tried = [
        editor.post("/manage/v1/posts", {"agency": "dpu", "title": "Baru", "kind": "berita"}),
        editor("PATCH", path, match='"v1"', json={"title": "Lain"}),
        editor.post(f"{path}/publish", {}, match='"v1"'),
        editor.post(f"/manage/v1/posts/{live}/unpublish", GONE, match='"v2"'),
        editor.post(f"{path}/comments", {"body": "Catatan"}),
        editor.post(f"{path}/previews", {}),
        editor("DELETE", path, match='"v1"'),
    ]
    batch = editor.post("/manage/v1/batch", {"operations": [{"method": "DELETE", "path": path, "if_match": '"v1"'}]})
    assert [(answer.status_code, answer.json["code"]) for answer in tried] == [(403, "person_frozen")] * len(tried)
    assert batch.status_code == 403
    assert "person_frozen" in batch.get_data(as_text=True)
    assert "Akun diduga dibajak." in tried[0].json["detail"]
    assert editor.get(path).status_code == 200
    assert colleague("PATCH", path, match='"v1"', json={"title": "Rekan"}).status_code == 200
    assert editor.post("/manage/v1/auth/logout").status_code in {200, 204}

    assert central("DELETE", f"{FREEZE}/{scope}").status_code == 204, "who ordered a freeze may lift it"


def test_a_freeze_counts_inside_of_a_write_that_had_begun_before(
    server: Flask, editor: Caller, central: Caller
) -> None:
    """The row decides again in the transaction that publishes, whatever was known when the request came in."""
    item = made(editor)
    central.post(FREEZE, {"person": editor.actor.id, "reason": "Akun diduga dibajak."})
    with server.app_context(), pytest.raises(Forbidden) as refused:
        publish_item(POST, editor.actor, item, frozenset({1}))
    assert refused.value.code == "person_frozen"


def test_schedules_and_links_of_a_frozen_person_stop_too(people: People, editor: Caller, central: Caller) -> None:
    item = made(editor)
    link = editor.post(f"/manage/v1/posts/{item}/previews", {}).json["data"]["url"]
    shown = "/" + link.split("/", 3)[3]
    assert editor.client.get(shown).status_code == 200
    assert act(editor, item, "schedule", {"publish_at": "2026-12-01T00:00:00Z"}).status_code == 200

    frozen = central.post(FREEZE, {"person": editor.actor.id, "reason": "Akun diduga dibajak."}).json["data"]

    assert [schedule["id"] for schedule in frozen["schedules"]["items"]] == [item]
    assert editor.client.get(shown).status_code == 410
    taken = central("DELETE", f"{FREEZE}/{frozen['scope']}/schedules")
    assert taken.json["data"]["total"] == 1


def test_who_freezes_administrators_is_one(server: Flask, people: People, central: Caller) -> None:
    """A stolen account of a central editor must not lock out those who could stop it."""
    admin = people.person(Role.ADMIN)
    body = {"person": admin.actor.id, "reason": "Akun diduga dibajak."}
    assert central.post(FREEZE, body).status_code == 403
    assert central.post(FREEZE, {**body, "person": "01a22964-f0f8-77b8-b1c8-eae73effc005"}).status_code == 422
    assert central.post(FREEZE, {**body, "agency": "dpu"}).status_code == 422
    assert admin.post(FREEZE, {**body, "person": central.actor.id}).status_code == 201
    scope = f"person:{central.actor.id}"
    assert central("DELETE", f"{FREEZE}/{scope}").json["code"] == "person_frozen", "not by the person itself"
    assert run(server, "moderation", "lift", scope, "--reason", "Sudah diperiksa.").exit_code == 0
    assert central.post(FREEZE, {"agency": "dpu", "reason": "Akun dibajak."}).status_code == 201
