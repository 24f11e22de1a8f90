"""A password that somebody else has seen opens nothing but its own change."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from cms.core.http.access import Access, Plane, access_of
from tests.accounts.persons import (
    CHANGE_PASSWORD,
    LOGOUT,
    ME,
    PASSWORD,
    USERS,
    add_agencies,
    add_person,
    all_rows,
    bearer,
    log_in,
    signed_in,
)

NEW = {"email": "budi@balikpapan.example", "name": "Budi", "memberships": [{"role": "admin"}]}
OWN_PASSWORD = "perahu-biru-di-teluk-99"
PLACE = re.compile("<[^>]+>")
ALLOWED = {("GET", ME), ("POST", LOGOUT), ("POST", CHANGE_PASSWORD)}


def made(client: FlaskClient, admin: dict[str, str]) -> dict[str, Any]:
    """A person whom an administrator has just made, with the first password."""
    answer = client.post(USERS, json=NEW, headers=admin)
    assert answer.status_code == 201, answer.json
    return dict(answer.json["data"])  # type: ignore[index]


def first_headers(client: FlaskClient, person: dict[str, Any]) -> dict[str, str]:
    """Headers of this person after signing in with the first password."""
    answer = log_in(client, person["email"], person["initial_password"])
    assert (answer.status_code, answer.json["password_change_needed"]) == (200, True)
    return bearer(answer.json["access_token"])


def test_nothing_but_the_change_is_possible(app: Flask, client: FlaskClient) -> None:
    person = made(client, signed_in(client, add_person(app)))
    headers = first_headers(client, person)
    before = all_rows(app)
    routes = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if _needs_person(access_of(app, rule.endpoint))
    ]
    assert len(routes) > 100

    for method, rule in routes:
        if (method, rule) in ALLOWED:
            continue
        answer = client.open(PLACE.sub("1", rule), method=method, headers=headers, json={})
        assert (answer.status_code, answer.json["code"]) == (403, "password_change_needed"), (method, rule)
    assert all_rows(app) == before


def _needs_person(access: Access | None) -> bool:
    return access is not None and access.plane is Plane.MANAGEMENT and access.needs_token


def test_the_refusal_speaks_both_languages(app: Flask, client: FlaskClient) -> None:
    headers = first_headers(client, made(client, signed_in(client, add_person(app))))

    english = client.get(USERS, headers=headers)
    indonesian = client.get(USERS, headers={**headers, "Accept-Language": "id"})
    assert "Somebody else has seen your password" in english.json["detail"]
    assert "Kata sandi Anda pernah dilihat orang lain" in indonesian.json["detail"]


def test_after_the_change_everything_is_open(app: Flask, client: FlaskClient) -> None:
    person = made(client, signed_in(client, add_person(app)))
    headers = first_headers(client, person)
    assert client.get(ME, headers=headers).json["data"]["password_change_needed"] is True
    passwords = {"current_password": person["initial_password"], "new_password": OWN_PASSWORD}

    changed = client.post(CHANGE_PASSWORD, json=passwords, headers=headers)

    assert (changed.status_code, changed.json["password_change_needed"]) == (200, False)
    headers = bearer(changed.json["access_token"])
    assert client.get(USERS, headers=headers).status_code == 200
    assert client.get(ME, headers=headers).json["data"]["password_change_needed"] is False
    assert log_in(client, person["email"], OWN_PASSWORD).json["password_change_needed"] is False


def test_signing_out_is_possible_before_the_change(app: Flask, client: FlaskClient) -> None:
    headers = first_headers(client, made(client, signed_in(client, add_person(app))))
    assert client.post(LOGOUT, headers=headers).status_code == 204


def test_the_first_password_cannot_be_kept(app: Flask, client: FlaskClient) -> None:
    person = made(client, signed_in(client, add_person(app)))
    headers = first_headers(client, person)
    same = {"current_password": person["initial_password"], "new_password": person["initial_password"]}
    assert client.post(CHANGE_PASSWORD, json=same, headers=headers).status_code == 422
    assert client.get(USERS, headers=headers).status_code == 403


def test_a_reset_by_an_administrator_must_be_changed_too(app: Flask, client: FlaskClient) -> None:
    admin, person = signed_in(client, add_person(app)), add_person(app, "Budi")
    own = signed_in(client, person)
    assert client.get(USERS, headers=own).status_code == 200

    reset = client.post(f"{USERS}/{person.id}/password", headers={**admin, "If-Match": '"v1"'})

    headers = first_headers(client, {**reset.json["data"], "email": person.email})
    assert client.get(USERS, headers=headers).json["code"] == "password_change_needed"


def test_a_reset_by_an_administrator_lifts_the_delays(app: Flask, client: FlaskClient) -> None:
    admin, person = signed_in(client, add_person(app)), add_person(app, "Budi")
    while log_in(client, person.email, "salah-" + PASSWORD).status_code == 401:
        pass
    assert log_in(client, person.email).status_code == 429

    reset = client.post(f"{USERS}/{person.id}/password", headers={**admin, "If-Match": '"v1"'})

    assert log_in(client, person.email, reset.json["data"]["initial_password"]).status_code == 200


def test_a_reset_lifts_the_delay_of_the_change_of_the_password_too(app: Flask, client: FlaskClient) -> None:
    admin, person = signed_in(client, add_person(app)), add_person(app, "Budi")
    own, wrong = signed_in(client, person), {"current_password": "salah", "new_password": OWN_PASSWORD}
    while client.post(CHANGE_PASSWORD, json=wrong, headers=own).status_code == 422:
        pass
    reset = client.post(f"{USERS}/{person.id}/password", headers={**admin, "If-Match": '"v1"'})
    first = reset.json["data"]["initial_password"]

    passwords = {"current_password": first, "new_password": OWN_PASSWORD}
    headers = first_headers(client, {**reset.json["data"], "email": person.email})
    assert client.post(CHANGE_PASSWORD, json=passwords, headers=headers).status_code == 200


def test_the_command_makes_a_person_who_must_change_it(app: Flask, client: FlaskClient) -> None:
    add_agencies(app, "dpu")
    runner = app.test_cli_runner()
    arguments = [
        "cms",
        "user",
        "create",
        "rina@balikpapan.example",
        "--name",
        "Rina",
        "--role",
        "author",
        "--agency",
        "dpu",
    ]
    shown = runner.invoke(args=arguments)
    assert shown.exit_code == 0, shown.output

    headers = first_headers(client, {"email": "rina@balikpapan.example", "initial_password": shown.output.split()[-1]})
    assert client.get("/manage/v1/posts", headers=headers).json["code"] == "password_change_needed"
