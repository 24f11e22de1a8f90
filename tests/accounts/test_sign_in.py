"""Signing in and out, and changing the own password."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.accounts.models import RefreshToken, SignInBucket, SignInSession, User
from cms.accounts.services.people import suspend_user
from cms.accounts.services.purging import purge_expired
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role, system_actor
from tests.accounts.persons import (
    CHANGE_PASSWORD,
    LOGIN,
    LOGOUT,
    ME,
    PASSWORD,
    REFRESH,
    add_person,
    all_rows,
    bearer,
    log_in,
    logged_actions,
    signed_in,
    tokens_of,
)
from tests.conftest import note_time

NEW_PASSWORD = "pelabuhan-senja-93-kapal"
Advance = Callable[[timedelta], None]


def test_the_answer_has_the_shape_of_rfc_6749(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    answer = log_in(client, person.email)

    assert answer.status_code == 200
    of_the_rfc = {"access_token", "token_type", "expires_in", "refresh_token"}
    assert set(answer.json) == {*of_the_rfc, "device_token", "password_change_needed"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 600)
    assert answer.json["refresh_token"].startswith("skr_")


def test_me_shows_memberships_and_permissions_and_no_secret(app: Flask, client: FlaskClient) -> None:
    person = add_person(app, "Budi", (Role.AUTHOR, "dpu"), (Role.AGENCY_EDITOR, "dishub"))
    answer = client.get(ME, headers=signed_in(client, person))

    assert answer.status_code == 200
    assert answer.json["data"]["email"] == person.email
    assert {(held["role"], held["agency"]) for held in answer.json["data"]["memberships"]} == {
        ("author", "dpu"),
        ("agency_editor", "dishub"),
    }
    assert "content:publish" in answer.json["data"]["permissions"]
    assert "user:write" not in answer.json["data"]["permissions"]
    assert "password_hash" not in answer.text
    assert "token_version" not in answer.text


@pytest.mark.parametrize(
    "written", ["SITI@Balikpapan.EXAMPLE", "  siti@balikpapan.example ", "\uff53iti@balikpapan.example"]
)
def test_an_address_is_normalised_before_it_is_compared(app: Flask, client: FlaskClient, written: str) -> None:
    add_person(app)
    assert log_in(client, written).status_code == 200


def test_a_look_alike_address_is_another_one(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    assert log_in(client, "s\u00edti@balikpapan.example").status_code == 401


def test_a_password_is_compared_exactly_as_sent(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    for other in (f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1]):
        assert log_in(client, person.email, other).status_code == 401


def test_unknown_wrong_and_suspended_answer_alike(app: Flask, client: FlaskClient) -> None:
    person, suspended = add_person(app), add_person(app, "Rudi", (Role.AUDITOR, None))
    with app.app_context():
        suspend_user(system_actor("test"), suspended.id, frozenset({1}))
    answers = [
        log_in(client, "nobody@balikpapan.example", "not-the-password"),
        log_in(client, person.email, "not-the-password"),
        log_in(client, suspended.email, PASSWORD),
    ]
    shown = []
    for answer in answers:
        body = {name: value for name, value in answer.json.items() if name != "request_id"}
        # What is left of the limit counts the attempts of this address, whoever they name.
        headers = {name: value for name, value in answer.headers.items() if name not in {"X-Request-Id", "RateLimit"}}
        shown.append((answer.status_code, body, headers))
    assert shown[0] == shown[1] == shown[2]
    assert shown[0][0] == 401
    assert shown[0][1]["code"] == "invalid_credentials"


@pytest.mark.slow
def test_unknown_and_known_accounts_take_the_same_time(app: Flask, client: FlaskClient, moment: Advance) -> None:
    add_person(app)
    least = {"siti": math.inf, "nobody": math.inf}
    # A busy machine makes times longer, never shorter, and both kinds are measured in turn: a real difference stays in every round.
    for number in range(100):
        for name, before in least.items():
            started = time.process_time()
            assert log_in(client, f"{name}@balikpapan.example", "not-the-password").status_code == 401
            least[name] = min(before, time.process_time() - started)
        moment(timedelta(hours=1))
        if number >= 10 and max(least.values()) < 1.1 * min(least.values()):
            return
    pytest.fail(f"an account that exists can be told by its time: {least}")


def test_secrets_are_stored_as_digests_only(app: Flask, client: FlaskClient) -> None:
    tokens = tokens_of(client, add_person(app))
    stored = repr(all_rows(app))
    for secret in (PASSWORD, tokens["access_token"], tokens["refresh_token"], tokens["device_token"]):
        assert secret not in stored


def test_the_log_tells_of_sign_in_sign_out_and_change_of_password(app: Flask, client: FlaskClient) -> None:
    headers = signed_in(client, add_person(app))
    changed = client.post(
        CHANGE_PASSWORD, headers=headers, json={"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    )
    assert client.post(LOGOUT, headers=bearer(changed.json["access_token"])).status_code == 204

    assert logged_actions(app) == ["user.created", "user.signed_in", "user.password_changed", "user.signed_out"]


def test_signing_out_ends_access_and_refresh_token_at_once(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    tokens, other = tokens_of(client, person), tokens_of(client, person)
    assert client.post(LOGOUT, headers=bearer(tokens["access_token"]), json={}).status_code == 204

    refused = client.get(ME, headers=bearer(tokens["access_token"]))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert client.get(ME, headers=bearer(other["access_token"])).status_code == 200


def test_signing_out_everywhere_ends_every_session(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    tokens, other = tokens_of(client, person), tokens_of(client, person)
    client.post(LOGOUT, headers=bearer(tokens["access_token"]), json={"everywhere": True})

    assert client.get(ME, headers=bearer(other["access_token"])).status_code == 401
    assert client.post(REFRESH, json={"refresh_token": other["refresh_token"]}).status_code == 401


def test_a_change_of_password_ends_every_earlier_token(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    tokens, other = tokens_of(client, person), tokens_of(client, person)
    changed = client.post(
        CHANGE_PASSWORD,
        headers=bearer(tokens["access_token"]),
        json={"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    )
    assert changed.status_code == 200

    for old in (tokens, other):
        assert client.get(ME, headers=bearer(old["access_token"])).status_code == 401
        assert client.post(REFRESH, json={"refresh_token": old["refresh_token"]}).status_code == 401
    assert client.get(ME, headers=bearer(changed.json["access_token"])).status_code == 200
    assert client.post(REFRESH, json={"refresh_token": changed.json["refresh_token"]}).status_code == 200
    assert log_in(client, person.email, PASSWORD).status_code == 401
    assert log_in(client, person.email, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "pointer", "code"),
    [
        ("not-the-password", NEW_PASSWORD, "/current_password", "wrong_password"),
        (PASSWORD, "kurang", "/new_password", "too_short"),
        (PASSWORD, "Balikpapan2026!", "/new_password", "weak_password"),
        (PASSWORD, PASSWORD, "/new_password", "weak_password"),
        (PASSWORD, "x9" * 200, "/new_password", "too_long"),
    ],
)
def test_a_refused_change_of_password_names_the_field_and_changes_nothing(
    app: Flask, client: FlaskClient, current: str, new: str, pointer: str, code: str
) -> None:
    headers = signed_in(client, add_person(app))
    before = all_rows(app)
    answer = client.post(CHANGE_PASSWORD, headers=headers, json={"current_password": current, "new_password": new})

    assert answer.status_code == 422
    assert [(item["pointer"], item["code"]) for item in answer.json["errors"]] == [(pointer, code)]
    assert all_rows(app) == before


def test_a_hash_with_other_parameters_is_renewed_at_sign_in(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    with app.app_context(), unit_of_work() as unit:
        other = PasswordHasher(memory_cost=8_192, time_cost=1, parallelism=1)
        unit.session.get_one(User, person.id).password_hash = other.hash(PASSWORD)
    assert log_in(client, person.email).status_code == 200
    with app.app_context():
        assert session.get_one(User, person.id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert log_in(client, person.email).status_code == 200


def test_the_eleventh_session_ends_the_oldest(app: Flask, client: FlaskClient, moment: Advance) -> None:
    person = add_person(app)
    sessions = []
    for _ in range(11):
        sessions.append(tokens_of(client, person))
        moment(timedelta(seconds=1))

    alive = [client.get(ME, headers=bearer(each["access_token"])).status_code for each in sessions]
    assert alive == [401] + [200] * 10


def test_sessions_and_counters_that_ended_long_ago_are_forgotten(
    app: Flask, client: FlaskClient, moment: Advance
) -> None:
    person = add_person(app)
    tokens_of(client, person)
    log_in(client, person.email, "not-the-password")
    moment(timedelta(days=37) + timedelta(seconds=1))
    note_time(app)
    kept = tokens_of(client, person)
    log_in(client, "nobody@balikpapan.example", "not-the-password")
    with app.app_context():
        # The old session; the address's counter began again, the first account's was cleared by the right password.
        assert purge_expired() == 1
        assert len(session.scalars(select(SignInSession)).all()) == 1
        assert len(session.scalars(select(RefreshToken)).all()) == 1
    assert client.get(ME, headers=bearer(kept["access_token"])).status_code == 200
    moment(timedelta(hours=3))
    with app.app_context():
        assert purge_expired() == 2
        assert session.scalars(select(SignInBucket)).all() == []


def test_own_sessions_can_be_listed_and_ended(app: Flask, client: FlaskClient, moment: Advance) -> None:
    person, stranger = add_person(app), add_person(app, "Rudi", (Role.AUDITOR, None))
    phone = tokens_of(client, person)
    moment(timedelta(minutes=1))
    headers = signed_in(client, person)
    foreign = signed_in(client, stranger)

    listed = client.get(f"{ME}/sessions", headers=headers).json
    assert [each["current"] for each in listed["data"]] == [True, False]
    phone_id = listed["data"][1]["id"]
    assert client.post(f"{ME}/sessions/{phone_id}/end", headers=foreign).status_code == 404
    assert client.post(f"{ME}/sessions/{phone_id}/end", headers=headers).status_code == 204
    assert client.get(ME, headers=bearer(phone["access_token"])).status_code == 401
    assert client.get(ME, headers=headers).status_code == 200
    assert client.post(f"{ME}/sessions/{phone_id}/end", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_content"),
        ({"email": "siti@balikpapan.example"}, 422, "invalid_content"),
        ({"email": {}, "password": {}}, 422, "invalid_content"),
        ({"email": "siti@balikpapan.example", "password": ["x"]}, 422, "invalid_content"),
        ({"email": "siti@balikpapan.example", "password": "x" * 1_025}, 422, "invalid_content"),
        ({"email": "siti@balikpapan.example", "password": PASSWORD, "role": "admin"}, 400, "unknown_field"),
    ],
)
def test_hostile_sign_in_bodies_are_refused(
    app: Flask, client: FlaskClient, body: dict[str, object], status: int, code: str
) -> None:
    answer = client.post(LOGIN, json=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
