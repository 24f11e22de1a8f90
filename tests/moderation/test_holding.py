"""Held editions, link lists, freeze and breakers, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from cms.core.permissions import Role
from tests.conftest import counted_statements, second_app
from tests.factories import add_city, post_content
from tests.people import Caller, People

REASON = "Akun editor diduga dibajak."


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def central(people: People, city: None) -> Caller:
    return people.person(Role.CENTRAL_EDITOR)


def post(caller: Caller, **values: Any) -> Any:
    return caller.post("/manage/v1/posts", json=post_content(**values))


def made(caller: Caller, **values: Any) -> str:
    answer = post(caller, **values)
    assert answer.status_code == 201, answer.json
    return str(answer.json["data"]["id"])


def act(caller: Caller, item_id: str, verb: str, body: dict[str, Any] | None = None) -> Any:
    path = f"/manage/v1/posts/{item_id}"
    return caller("POST", f"{path}/{verb}", match=caller.get(path).headers["ETag"], json=body or {})


def reasons(caller: Caller, item_id: str) -> list[tuple[str, str]]:
    held = caller.get(f"/manage/v1/posts/{item_id}").json["data"]["hold"]
    return [(reason["code"], reason["pointer"]) for reason in held]


def codes(app: Flask, item_id: str) -> list[str]:
    with app.app_context():
        return list(
            session.scalars(select(Change.action).where(Change.resource_id == item_id).order_by(Change.sequence))
        )


# --- holding ---


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"body": "Daftar situs slot gacor maxwin."}, ("lexicon", "/body")),
        ({"title": "S l o t  g a c o r hari ini"}, ("lexicon", "/title")),
        ({"body": "Lihat [di sini](https://tidak-dikenal.com/x)."}, ("unknown_domain", "/body")),
        ({"summary": "Kunjungi tidak-dikenal.com sekarang."}, ("unknown_domain", "/summary")),
        ({"source_url": "https://tidak-dikenal.com/berita"}, ("unknown_domain", "/source_url")),
        ({"body": "Teks. [](https://dpu.balikpapan.go.id)"}, ("empty_link", "/body")),
        ({"body": "Tautan " + " ".join(f"[a{n}](/x{n})" for n in range(12))}, ("many_links", "/body")),
        ({"body": "<p>Teks <bdo dir='rtl'>kebalik</bdo></p>", "body_format": "html"}, ("hidden_direction", "/body")),
        ({"body": "Harga &#x202e;000.5 rupiah"}, ("hidden_direction", "/body")),
        ({"body": "[x](https://dpu.go.id/out?url=https%3A%2F%2Fsitus-asing.com)"}, ("unknown_domain", "/body")),
    ],
)
def test_what_is_suspicious_is_held_and_says_where(
    author: Caller, values: dict[str, Any], reason: tuple[str, str], app: Flask
) -> None:
    item = made(author, **values)
    assert reason in reasons(author, item)
    assert codes(app, item) == ["post.created", "post.held"]


def test_saving_warns(author: Caller) -> None:
    answer = post(author, body="Daftar situs slot gacor maxwin.")
    assert [warning["code"] for warning in answer.json["meta"]["warnings"]] == ["held"]
    assert "warnings" not in post(author).json["meta"]


def test_ordinary_content_is_not_held(author: Caller, app: Flask) -> None:
    body = "Warga memilih slot parkir. Lihat [situs](https://dpu.balikpapan.go.id) dan [Wali Kota](/profil)."
    item = made(author, body=body, source_url="https://dpu.balikpapan.example/berita")
    assert reasons(author, item) == []
    assert codes(app, item) == ["post.created"]


def test_a_held_edition_needs_a_second_person(editor: Caller, people: People, central: Caller) -> None:
    item = made(editor, body="Lihat [di sini](https://tidak-dikenal.com/x).")

    refused = act(editor, item, "publish")
    assert (refused.status_code, refused.json["code"]) == (409, "held")
    assert "unknown_domain" in refused.json["detail"]
    assert act(editor, item, "submit").status_code == 200
    assert act(editor, item, "approve").status_code == 409
    assert act(central, item, "approve").status_code == 200
    assert act(editor, item, "publish").status_code == 200


def test_what_the_lexicon_found_needs_a_central_editor(editor: Caller, author: Caller, central: Caller) -> None:
    item = made(author, body="Daftar situs slot gacor maxwin.")
    act(author, item, "submit")
    refused = act(editor, item, "approve")
    assert (refused.status_code, refused.json["code"]) == (409, "approval_not_yours")
    assert act(central, item, "approve").status_code == 200
    assert act(editor, item, "publish").status_code == 200


def test_taking_the_link_out_ends_the_hold(editor: Caller) -> None:
    item = made(editor, body="Lihat [di sini](https://tidak-dikenal.com/x).")
    path = f"/manage/v1/posts/{item}"
    editor("PATCH", path, match=editor.get(path).headers["ETag"], json={"body": "Lihat di kantor."})
    assert reasons(editor, item) == []
    assert act(editor, item, "publish").status_code == 200


# --- link lists ---


def test_blocked_links_are_refused_and_allowed_ones_pass(author: Caller, central: Caller, app: Flask) -> None:
    path = "/manage/v1/link-domains"
    blocked = central("PUT", f"{path}/slot88.com", json={"verdict": "blocked", "note": "Judi."})
    assert (blocked.status_code, blocked.json["data"]["verdict"]) == (200, "blocked")
    assert central("PUT", f"{path}/mitra.com", json={"verdict": "allowed"}).status_code == 200

    refused = post(author, body="Lihat [ini](https://www.slot88.com).")
    assert refused.status_code == 422
    assert [(each["code"], each["pointer"]) for each in refused.json["errors"]] == [("blocked_link", "/body")]
    assert post(author, title="Buka slot88.com").status_code == 422
    assert reasons(author, made(author, body="Lihat [ini](https://sub.mitra.com).")) == []

    listed = author.get(path)
    assert listed.status_code == 403
    assert [entry["domain"] for entry in central.get(f"{path}?verdict=blocked").json["data"]] == ["slot88.com"]
    assert central("DELETE", f"{path}/slot88.com").status_code == 204
    assert central("DELETE", f"{path}/slot88.com").status_code == 404
    assert post(author, body="Lihat [ini](https://www.slot88.com).").status_code == 201
    with app.app_context():
        told = select(Change.action).where(Change.resource_type == "link_domain").order_by(Change.sequence)
        actions = session.scalars(told).all()
    assert actions == ["link_domain.blocked", "link_domain.allowed", "link_domain.removed"]


def test_a_domain_that_was_blocked_since_the_save_is_not_published(editor: Caller, central: Caller) -> None:
    central("PUT", "/manage/v1/link-domains/mitra.com", json={"verdict": "allowed"})
    item = made(editor, body="Lihat [ini](https://www.mitra.com).")
    central("PUT", "/manage/v1/link-domains/mitra.com", json={"verdict": "blocked"})

    refused = act(editor, item, "publish")

    assert refused.status_code == 422
    assert [(each["code"], each["pointer"]) for each in refused.json["errors"]] == [("blocked_link", "/body")]


def test_a_hijacked_subdomain_of_the_government_can_be_blocked(author: Caller, central: Caller) -> None:
    central("PUT", "/manage/v1/link-domains/lama.balikpapan.go.id", json={"verdict": "blocked"})
    assert post(author, body="[x](https://lama.balikpapan.go.id/x)").status_code == 422
    assert reasons(author, made(author, body="[y](https://baru.balikpapan.go.id/x)")) == []


@pytest.mark.parametrize("domain", ["Slot88.com", "a..b", "-x.com", "x" * 64 + ".com", "https:x"])
def test_only_domains_are_listed(central: Caller, domain: str) -> None:
    answer = central("PUT", f"/manage/v1/link-domains/{domain}", json={"verdict": "blocked"})
    assert answer.status_code == 400


# --- freeze ---


def test_a_freeze_stops_publishing_and_nothing_else(
    editor: Caller, central: Caller, people: People, client: Any
) -> None:
    other = people.person(Role.AGENCY_EDITOR, "dishub")
    item, elsewhere, live = made(editor), made(other, agency="dishub"), made(editor)
    assert act(editor, live, "publish").status_code == 200
    frozen = central.post("/manage/v1/freeze", json={"agency": "dpu", "reason": REASON})
    assert (frozen.status_code, frozen.json["data"]["agency"]) == (201, "dpu")
    assert central.post("/manage/v1/freeze", json={"agency": "dpu", "reason": REASON}).status_code == 409

    for verb, body in (("publish", {}), ("schedule", {"publish_at": "2026-12-01T00:00:00Z"})):
        refused = act(editor, item, verb, body)
        assert (refused.status_code, refused.json["code"]) == (409, "publishing_frozen"), verb
        assert REASON in refused.json["detail"]
    assert (
        act(editor, live, "unpublish", {"kind": "gone", "explanation": "Ditarik."}).json["code"] == "publishing_frozen"
    )
    assert act(central, item, "publish").json["code"] == "publishing_frozen"
    assert act(other, elsewhere, "publish").status_code == 200
    assert people.website().get(f"/v1/posts/{live}").status_code == 200
    assert made(editor, title="Draf lain")

    assert [each["scope"] for each in central.get("/manage/v1/freeze").json["data"]["freezes"]] == ["dpu"]
    assert central("DELETE", "/manage/v1/freeze/dpu").status_code == 204
    assert central("DELETE", "/manage/v1/freeze/dpu").status_code == 404
    assert act(editor, item, "publish").status_code == 200


def test_the_city_is_frozen_as_a_whole(editor: Caller, central: Caller) -> None:
    item = made(editor)
    assert central.post("/manage/v1/freeze", json={"reason": REASON}).json["data"]["scope"] == "city"
    assert act(editor, item, "publish").json["code"] == "publishing_frozen"
    assert editor.post("/manage/v1/freeze", json={"reason": REASON}).status_code == 403
    assert central.post("/manage/v1/freeze", json={"agency": "nobody", "reason": REASON}).status_code == 422


# --- breakers ---


@pytest.fixture
def strict(app: Flask, environment: dict[str, str]) -> Iterator[People]:
    """People of a server whose breakers trip early."""
    limits = {"BREAKER_PERSON": "3", "BREAKER_AGENCY_PERCENT": "30", "BREAKER_AGENCY_LEAST": "5"}
    with second_app({**environment, **limits}) as server:
        add_city(server)
        yield People(server, server.test_client())


def test_too_much_by_one_person_pauses_publishing(
    strict: People, moment: Callable[[timedelta], None], app: Flask
) -> None:
    editor, central = strict.person(Role.AGENCY_EDITOR, "dpu"), strict.person(Role.CENTRAL_EDITOR)
    items = [made(editor, title=f"Berita {number}") for number in range(6)]
    assert [act(editor, item, "publish").status_code for item in items[:3]] == [200, 200, 200]
    paused = act(editor, items[3], "publish")
    assert (paused.status_code, paused.json["code"]) == (409, "publishing_paused")
    assert act(central, items[3], "publish").status_code == 200

    trip = central.get("/manage/v1/breakers?open=true").json["data"]
    assert [(each["kind"], each["subject"], each["count"]) for each in trip] == [("person", editor.actor.id, 3)]
    assert editor.post(f"/manage/v1/breakers/{trip[0]['id']}/reset").status_code == 403
    reset = central.post(f"/manage/v1/breakers/{trip[0]['id']}/reset")
    assert (reset.status_code, reset.json["data"]["is_open"]) == (200, False)
    moment(timedelta(seconds=1))
    assert act(editor, items[4], "publish").status_code == 200
    with app.app_context():
        actions = set(session.scalars(select(Change.action).where(Change.resource_type == "breaker")))
    assert actions == {"breaker.tripped", "breaker.reset"}


def test_publishing_goes_on_by_itself_after_a_while(strict: People, moment: Callable[[timedelta], None]) -> None:
    editor = strict.person(Role.AGENCY_EDITOR, "dpu")
    items = [made(editor, title=f"Berita {number}") for number in range(4)]
    for item in items[:3]:
        act(editor, item, "publish")
    moment(timedelta(minutes=61))
    later = strict.person(Role.CENTRAL_EDITOR)
    assert [each["is_open"] for each in later.get("/manage/v1/breakers").json["data"]] == [False]
    assert later.get("/manage/v1/breakers?open=true").json["data"] == []


def test_slowly_published_items_trip_nothing(strict: People, moment: Callable[[timedelta], None]) -> None:
    editor = strict.person(Role.AGENCY_EDITOR, "dpu")
    items = [made(editor, title=f"Berita {number}") for number in range(2)]
    assert [act(editor, item, "publish").status_code for item in items] == [200, 200]
    moment(timedelta(minutes=9, seconds=59))
    strict.person(Role.CENTRAL_EDITOR)
    assert editor.get(f"/manage/v1/posts/{items[0]}").status_code == 200


def test_too_much_in_one_agency_pauses_the_agency(strict: People) -> None:
    central = [strict.person(Role.CENTRAL_EDITOR), strict.person(Role.AGENCY_EDITOR, "dpu")]
    items = [made(central[0], title=f"Berita {number}") for number in range(6)]
    statuses = [
        act(central[number % 2 if number < 4 else 0], item, "publish").status_code for number, item in enumerate(items)
    ]
    assert statuses == [200, 200, 200, 200, 200, 409]
    assert "agency" in {each["kind"] for each in central[0].get("/manage/v1/breakers").json["data"]}


def test_one_statement_asks_for_freeze_and_breakers(editor: Caller, app: Flask) -> None:
    item = made(editor)
    with counted_statements(app) as statements:
        assert act(editor, item, "publish").status_code == 200
    assert sum("publishing_freezes" in statement for statement in statements) == 1
    assert sum("breaker_trips" in statement for statement in statements) == 1
