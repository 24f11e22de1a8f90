"""The officials of public information (PPID): one for each agency, one for the city, and the one above them."""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask

from cms.agencies.models import Agency, Reviewer
from cms.core.db import session, unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import OF_EVERY_PERSON, Actor, Permission, Role, Target, can
from tests.factories import add_post, add_published_document, add_published_post, seen
from tests.people import Caller, People

AGENCIES = ("dpu", "dishub", "kota")
READS = {permission for permission in Permission if permission.value.endswith(":read")}


def person(role: Role, agency: str | None = None) -> Actor:
    return Actor(new_id(), role.value, frozenset({(role, agency)}))


def targets(actor: Actor) -> list[Target]:
    """Everything that permissions depend on: of each agency, on its own channel and on the city's, by this person and by others."""
    return [
        Target(agency, "kota" if is_city else agency, author, is_city)
        for agency, is_city, author in product(AGENCIES, (False, True), (actor.id, new_id(), None))
    ]


def allowed(actor: Actor) -> set[tuple[Permission, int]]:
    """Each permission with the numbers of the targets on which the actor has it."""
    everything = product(Permission, enumerate(targets(actor)))
    return {(permission, number) for permission, (number, target) in everything if can(actor, permission, target)}


def test_the_ppid_of_an_agency_may_what_its_editor_may_and_order_what_the_law_removes() -> None:
    more = allowed(person(Role.PPID_PELAKSANA, "dpu")) - allowed(person(Role.AGENCY_EDITOR, "dpu"))

    assert allowed(person(Role.AGENCY_EDITOR, "dpu")) <= allowed(person(Role.PPID_PELAKSANA, "dpu"))
    assert {permission for permission, _ in more} == {Permission.CONTENT_ERASE}


def test_the_ppid_of_the_city_publishes_for_it_and_runs_neither_moderation_nor_the_lists() -> None:
    denied = allowed(person(Role.CENTRAL_EDITOR)) - allowed(person(Role.PPID_UTAMA))

    assert {permission for permission, _ in denied} == {
        Permission.CONSUMER_USAGE,
        Permission.CONTENT_IMPORT,
        Permission.CONTENT_VANISH,
        Permission.CONTENT_PURGE,
        Permission.TAXONOMY_WRITE,
        Permission.MODERATION_READ,
        Permission.MODERATION_WRITE,
        Permission.MODERATION_ROLLBACK,
    }
    assert allowed(person(Role.PPID_UTAMA)) <= allowed(person(Role.CENTRAL_EDITOR))


def test_the_one_above_them_reads_all_content_and_confirms_what_the_law_removes() -> None:
    actor = person(Role.ATASAN_PPID)

    granted = {permission for permission, _ in allowed(actor)} - OF_EVERY_PERSON

    assert granted == {
        Permission.CONTENT_READ, Permission.MEDIA_READ, Permission.AGENCY_READ, Permission.TAXONOMY_READ,
        Permission.CONTENT_ERASE_CONFIRM,
    }  # fmt: skip
    assert granted - {Permission.CONTENT_ERASE_CONFIRM} <= READS


def publish(caller: Caller, kind: str, item_id: str, version: int = 1) -> int:
    status: int = caller.post(f"/manage/v1/{kind}/{item_id}/publish", {}, match=version).status_code
    return status


@pytest.mark.usefixtures("city")
def test_the_ppid_of_an_agency_publishes_there_and_proposes_to_the_city(app: Flask, people: People) -> None:
    pelaksana, utama = people.person(Role.PPID_PELAKSANA, "dpu"), people.person(Role.PPID_UTAMA)
    own, for_city = add_post(app, title="Sendiri"), add_post(app, title="Kota", channel="kota")
    foreign = add_post(app, title="Lain", agency="dishub")

    assert publish(pelaksana, "posts", own.id) == 200
    assert publish(pelaksana, "posts", foreign.id) == 404
    assert publish(pelaksana, "posts", for_city.id) == 403
    assert pelaksana.post(f"/manage/v1/posts/{for_city.id}/submit", {}, match=1).status_code == 200
    assert publish(utama, "posts", for_city.id, 2) == 200


@pytest.mark.usefixtures("city")
def test_the_ppid_of_the_city_withdraws_what_any_agency_published_with_a_reason(app: Flask, people: People) -> None:
    utama, item = people.person(Role.PPID_UTAMA), add_published_document(app, agency="dishub")
    path = f"/manage/v1/documents/{item.id}/unpublish"

    without_reason = utama.post(path, {"kind": "withdrawn"}, match=item.version)
    vanished = utama.post(path, {"kind": "vanish"}, match=item.version)
    given = utama.post(path, {"kind": "withdrawn", "explanation": "Data keliru."}, match=item.version)

    assert (without_reason.status_code, vanished.status_code, given.status_code) == (422, 403, 200)


@pytest.mark.usefixtures("city")
def test_the_approval_of_the_ppid_of_the_city_counts_where_the_city_reviews(app: Flask, people: People) -> None:
    with app.app_context(), unit_of_work():
        session.get_one(Agency, "dpu").review = Reviewer.CENTRAL.value
    pelaksana, utama = people.person(Role.PPID_PELAKSANA, "dpu"), people.person(Role.PPID_UTAMA)
    item = add_post(app, pelaksana.actor)
    path = f"/manage/v1/posts/{item.id}"
    assert pelaksana.post(f"{path}/submit", {}, match=1).status_code == 200

    own = pelaksana.post(f"{path}/approve", {}, match=2)
    approved = utama.post(f"{path}/approve", {}, match=2)

    assert (own.json["code"], approved.status_code) == ("approval_not_yours", 200)
    assert publish(pelaksana, "posts", item.id, 3) == 200


@pytest.mark.usefixtures("city")
def test_the_one_above_them_sees_drafts_of_every_agency_and_changes_none(app: Flask, people: People) -> None:
    atasan = people.person(Role.ATASAN_PPID)
    items = [add_post(app, title="Draf"), add_published_post(app, agency="dishub")]

    assert {row["id"] for row in atasan.get("/manage/v1/posts").json["data"]} == {item.id for item in items}
    for item in items:
        assert atasan.get(f"/manage/v1/posts/{item.id}").json["data"]["allowed_actions"] == []
        assert (
            atasan("PATCH", f"/manage/v1/posts/{item.id}", match=item.version, json={"title": "x"}).status_code == 403
        )
    assert seen(items[0]) == {1}


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("role", "agency", "pointer"),
    [
        ("ppid_pelaksana", "dpu", None),
        ("ppid_pelaksana", None, "/memberships/0/agency"),
        ("ppid_utama", None, None),
        ("ppid_utama", "dpu", "/memberships/0/agency"),
        ("atasan_ppid", None, None),
        ("atasan_ppid", "dpu", "/memberships/0/agency"),
    ],
)
def test_the_roles_are_held_where_they_belong(
    people: People, role: str, agency: str | None, pointer: str | None
) -> None:
    body = {"email": "ppid@balikpapan.example", "name": "PPID", "memberships": [{"role": role, "agency": agency}]}

    answer = people.person(Role.ADMIN).post("/manage/v1/users", body)

    assert answer.status_code == (201 if pointer is None else 422), answer.json
    assert [error["pointer"] for error in answer.json.get("errors", ())] == ([] if pointer is None else [pointer])
