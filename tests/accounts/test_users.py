"""Managing people."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.accounts.models import Membership, RefreshToken, SignInSession, User
from cms.core.permissions import Role
from tests.accounts.persons import (
    ME,
    USERS,
    add_agencies,
    add_person,
    all_rows,
    at_once,
    bearer,
    log_in,
    logged_actions,
    signed_in,
    tokens_of,
)

NEW = {
    "email": "Budi@Balikpapan.example",
    "name": "Budi Santoso",
    "memberships": [{"role": "author", "agency": "dpu"}, {"role": "auditor"}],
}


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> dict[str, str]:
    add_agencies(app, "dpu", "dishub")
    return signed_in(client, add_person(app, "Admin"))


def test_a_new_person_gets_a_password_that_is_shown_once(
    app: Flask, client: FlaskClient, admin: dict[str, str]
) -> None:
    answer = client.post(USERS, headers=admin, json=NEW)
    data = answer.json["data"]

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://localhost{USERS}/{data['id']}"
    assert answer.headers["ETag"] == '"v1"'
    assert data["email"] == "budi@balikpapan.example"
    assert data["memberships"] == [{"role": "author", "agency": "dpu"}, {"role": "auditor", "agency": None}]
    assert log_in(client, data["email"], data["initial_password"]).status_code == 200
    shown = client.get(f"{USERS}/{data['id']}", headers=admin)
    assert "initial_password" not in shown.json["data"]
    assert data["initial_password"] not in repr(all_rows(app))
    assert "user.created" in logged_actions(app)


@pytest.mark.parametrize(
    ("change", "status", "pointer", "code"),
    [
        ({"email": "no-address"}, 422, "/email", "bad_format"),
        ({"email": "a@b@c"}, 422, "/email", "bad_format"),
        ({"email": "x\n@y.example"}, 422, "/email", "bad_format"),
        ({"email": f"{'x' * 250}@balikpapan.example"}, 422, "/email", "too_long"),
        ({"name": ""}, 422, "/name", "too_short"),
        ({"name": "Bu\u202edi"}, 422, "/name", "bad_characters"),
        ({"memberships": [{"role": "superadmin"}]}, 422, "/memberships/0/role", "not_allowed"),
        ({"memberships": [{"role": "author"}]}, 422, "/memberships/0/agency", "agency_needed"),
        ({"memberships": [{"role": "admin", "agency": "dpu"}]}, 422, "/memberships/0/agency", "agency_not_allowed"),
        ({"memberships": [{"role": "auditor"}, {"role": "auditor"}]}, 422, "/memberships/1", "repeated"),
        (
            {"memberships": [{"role": "auditor"}, {"role": "author", "agency": "nowhere"}]},
            422,
            "/memberships/1/agency",
            "not_found",
        ),
        ({"memberships": [{"role": "author", "agency": "dpu", "id": 1}]}, 400, "/memberships/0/id", "unknown_field"),
        ({"memberships": {"role": "admin"}}, 422, "/memberships", "wrong_type"),
        ({"memberships": None}, 422, "/memberships", "not_null"),
    ],
)
def test_a_person_that_breaks_a_rule_is_refused_and_nothing_changes(
    app: Flask, client: FlaskClient, admin: dict[str, str], change: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    before = all_rows(app)
    answer = client.post(USERS, headers=admin, json={**NEW, **change})
    assert answer.status_code == status
    assert [(item["pointer"], item["code"]) for item in answer.json["errors"]] == [(pointer, code)]
    assert all_rows(app) == before


def test_an_unknown_field_of_a_membership_names_what_is_allowed_there(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    answer = client.post(USERS, headers=admin, json={**NEW, "memberships": [{"role": "author", "lain": 1}]})
    details = {error["pointer"]: error["detail"] for error in answer.json["errors"]}
    assert details["/memberships/0/lain"] == "Unknown field. Allowed: agency, role."


def test_an_address_belongs_to_one_person(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    client.post(USERS, headers=admin, json=NEW)
    answer = client.post(USERS, headers=admin, json={**NEW, "email": "BUDI@balikpapan.example"})
    assert (answer.status_code, answer.json["code"]) == (409, "duplicate")
    assert "email" in answer.json["detail"]
    other = client.post(USERS, headers=admin, json={**NEW, "email": "rudi@balikpapan.example"})
    renamed = client.patch(
        f"{USERS}/{other.json['data']['id']}",
        headers={**admin, "If-Match": '"v1"'},
        json={"email": "budi@balikpapan.example"},
    )
    assert renamed.status_code == 409


@pytest.mark.parametrize("model", [User, Membership, SignInSession, RefreshToken])
def test_no_column_can_be_set_that_the_operation_does_not_name(
    app: Flask, client: FlaskClient, admin: dict[str, str], model: Any
) -> None:
    person = client.post(USERS, headers=admin, json=NEW).json["data"]
    before = all_rows(app)
    allowed = {"email", "name", "memberships"}
    for name in {column.key for column in model.__table__.columns} - allowed | {"password", "scopes", "is_admin"}:
        created = client.post(USERS, headers=admin, json={**NEW, "email": "other@balikpapan.example", name: 1})
        changed = client.patch(f"{USERS}/{person['id']}", headers={**admin, "If-Match": '"v1"'}, json={name: 1})
        signed = client.post(
            "/manage/v1/auth/login", json={"email": "a@b.example", "password": "x" * 12, f"x_{name}": 1}
        )
        for answer in (created, changed, signed):
            assert (answer.status_code, answer.json["code"]) == (400, "unknown_field")
    assert all_rows(app) == before


def test_a_change_needs_the_version_that_was_seen(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    person = client.post(USERS, headers=admin, json=NEW).json["data"]
    address = f"{USERS}/{person['id']}"
    assert client.patch(address, headers=admin, json={"name": "B. Santoso"}).status_code == 428
    stale = client.patch(address, headers={**admin, "If-Match": '"v7"'}, json={"name": "B. Santoso"})
    assert (stale.status_code, stale.json["current_etag"]) == (412, '"v1"')
    changed = client.patch(address, headers={**admin, "If-Match": '"v1"'}, json={"name": "B. Santoso"})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"v2"')
    assert changed.json["data"]["name"] == "B. Santoso"
    assert changed.json["data"]["memberships"] == person["memberships"]
    for operation in ("suspend", "reactivate", "password"):
        assert client.post(f"{address}/{operation}", headers=admin).status_code == 428


def test_a_change_of_nothing_leaves_no_trace(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    person = client.post(USERS, headers=admin, json=NEW).json["data"]
    before = all_rows(app)
    body = {"name": NEW["name"], "memberships": list(reversed(NEW["memberships"]))}
    answer = client.patch(f"{USERS}/{person['id']}", headers={**admin, "If-Match": '"v1"'}, json=body)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v1"')
    assert all_rows(app) == before


def test_roles_are_replaced_as_a_whole_and_logged(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    person = client.post(USERS, headers=admin, json=NEW).json["data"]
    wanted = [{"role": "author", "agency": "dpu"}, {"role": "agency_editor", "agency": "dishub"}]
    answer = client.patch(
        f"{USERS}/{person['id']}", headers={**admin, "If-Match": '"v1"'}, json={"memberships": wanted}
    )
    assert answer.json["data"]["memberships"] == wanted
    assert client.get(f"{USERS}/{person['id']}", headers=admin).json["data"]["memberships"] == wanted
    assert logged_actions(app)[-1] == "user.roles_changed"


def test_a_suspended_person_is_out_until_reactivated(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    person = add_person(app, "Rudi", (Role.AUDITOR, None))
    tokens = tokens_of(client, person)
    address = f"{USERS}/{person.id}"
    suspended = client.post(f"{address}/suspend", headers={**admin, "If-Match": '"v1"'})
    assert suspended.json["data"]["state"] == "suspended"
    assert client.get(ME, headers=bearer(tokens["access_token"])).status_code == 401
    assert log_in(client, person.email).status_code == 401
    again = client.post(f"{address}/suspend", headers={**admin, "If-Match": '"v2"'})
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")

    assert client.post(f"{address}/reactivate", headers={**admin, "If-Match": '"v2"'}).status_code == 200
    assert client.get(ME, headers=bearer(tokens["access_token"])).status_code == 401
    assert log_in(client, person.email).status_code == 200
    assert logged_actions(app)[-3:] == ["user.suspended", "user.reactivated", "user.signed_in"]


def test_a_lost_password_is_replaced_and_every_session_ends(
    app: Flask, client: FlaskClient, admin: dict[str, str]
) -> None:
    person = add_person(app, "Rudi", (Role.AUDITOR, None))
    tokens = tokens_of(client, person)
    answer = client.post(f"{USERS}/{person.id}/password", headers={**admin, "If-Match": '"v1"'})
    password = answer.json["data"]["initial_password"]

    assert client.get(ME, headers=bearer(tokens["access_token"])).status_code == 401
    assert log_in(client, person.email).status_code == 401
    assert log_in(client, person.email, password).status_code == 200


def test_an_admin_sees_and_ends_sessions_of_others(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    person = add_person(app, "Rudi", (Role.AUDITOR, None))
    tokens = tokens_of(client, person)
    listed = client.get(f"{USERS}/{person.id}/sessions", headers=admin).json["data"]
    assert [set(each) for each in listed] == [
        {"id", "created_at", "refreshed_at", "expires_at", "device", "address", "current"}
    ]
    ended = client.post(f"{USERS}/{person.id}/sessions/{listed[0]['id']}/end", headers=admin)
    assert ended.status_code == 204
    assert client.get(ME, headers=bearer(tokens["access_token"])).status_code == 401
    assert client.get(f"{USERS}/{person.id}/sessions", headers=admin).json["data"] == []


def test_the_last_administrator_stays(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    own = client.get(ME, headers=admin).json["data"]
    match = {**admin, "If-Match": '"v1"'}
    for answer in (
        client.post(f"{USERS}/{own['id']}/suspend", headers=match),
        client.patch(f"{USERS}/{own['id']}", headers=match, json={"memberships": []}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "last_admin")
    add_person(app, "Second")
    assert client.post(f"{USERS}/{own['id']}/suspend", headers=match).status_code == 200


def test_two_administrators_cannot_remove_each_other_at_once(app: Flask, client: FlaskClient) -> None:
    people = [add_person(app, "Admin"), add_person(app, "Second")]
    headers = [{**signed_in(client, person), "If-Match": '"v1"'} for person in people]

    def suspend(client: FlaskClient, number: int) -> int:
        return client.post(f"{USERS}/{people[1 - number].id}/suspend", headers=headers[number]).status_code

    answers = sorted(at_once(app, 2, suspend))
    assert answers[0] == 200
    assert answers[1] in {401, 409}
    states = [row[4] for row in all_rows(app)["users"]]
    assert sorted(states) == ["active", "suspended"]


def test_the_list_filters_and_pages(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    for number in range(5):
        add_person(app, f"Penulis{number}", (Role.AUTHOR, "dpu"))
    add_person(app, "Editor", (Role.AGENCY_EDITOR, "dpu"), (Role.AUTHOR, "dishub"))

    def names(query: str) -> list[str]:
        return [each["name"] for each in client.get(f"{USERS}?{query}", headers=admin).json["data"]]

    assert names("role=admin") == ["Admin"]
    assert names("agency=dishub") == ["Editor"]
    assert names("role=author&agency=dpu") == [f"Penulis{number}" for number in (4, 3, 2, 1, 0)]
    assert names("role=agency_editor&agency=dishub") == []
    assert names("q=PENULIS3") == ["Penulis3"]
    assert names("q=%25") == []
    assert names("state=suspended") == []

    found, address = [], f"{USERS}?role=author&limit=2"
    while address:
        page = client.get(address, headers=admin)
        found += [each["name"] for each in page.json["data"]]
        address = page.json["links"]["next"]
    assert found == ["Editor", "Penulis4", "Penulis3", "Penulis2", "Penulis1", "Penulis0"]


@pytest.mark.parametrize(
    "query", ["foo=1", "password_hash=x", "limit=0", "limit=101", "state=x", "cursor=abc", "role=admin&role=author"]
)
def test_an_unknown_filter_is_refused(client: FlaskClient, admin: dict[str, str], query: str) -> None:
    assert client.get(f"{USERS}?{query}", headers=admin).status_code == 400


def test_others_than_administrators_do_not_manage_people(app: Flask, client: FlaskClient) -> None:
    target = add_person(app, "Target", (Role.AUTHOR, "dpu"))
    auditor = signed_in(client, add_person(app, "Rudi", (Role.AUDITOR, None)))
    author = signed_in(client, add_person(app, "Budi", (Role.AUTHOR, "dpu")))
    before = all_rows(app)
    for headers, reads in ((auditor, 200), (author, 403)):
        assert client.get(USERS, headers=headers).status_code == reads
        assert client.get(f"{USERS}/{target.id}", headers=headers).status_code == reads
        # Before any word about the body or the version.
        assert client.post(USERS, headers=headers, json={"nonsense": 1}).status_code == 403
        assert client.patch(f"{USERS}/{target.id}", headers=headers, json={"nonsense": 1}).status_code == 403
        for operation in ("suspend", "reactivate", "password", "sessions/x/end"):
            assert client.post(f"{USERS}/{target.id}/{operation}", headers=headers).status_code == 403
    assert all_rows(app) == before


@pytest.mark.parametrize("user_id", ["019ac1a0-7c00-7000-8000-000000000002", "x", "%00", "'--"])
def test_nobody_is_404(client: FlaskClient, admin: dict[str, str], user_id: str) -> None:
    match = {**admin, "If-Match": '"v1"'}
    assert client.get(f"{USERS}/{user_id}", headers=admin).status_code == 404
    assert client.patch(f"{USERS}/{user_id}", headers=match, json={}).status_code == 404
    for operation in ("suspend", "reactivate", "password", "sessions/x/end"):
        assert client.post(f"{USERS}/{user_id}/{operation}", headers=match).status_code == 404
