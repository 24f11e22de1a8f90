"""Guessing is slowed down, nobody is locked out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.accounts import passwords
from cms.accounts.models import SignInBucket
from cms.accounts.throttle import address_bucket
from cms.application import create_app
from cms.core.db import db, session
from config import Settings
from tests.accounts.persons import CHANGE_PASSWORD, LOGIN, PASSWORD, add_person, at_once, bearer, log_in, tokens_of
from tests.conftest import note_time

Advance = Callable[[timedelta], None]
WRONG = "not-the-password"


def statuses(client: FlaskClient, email: str, count: int, password: str = WRONG, **more: str) -> list[int]:
    return [log_in(client, email, password, **more).status_code for _ in range(count)]


@pytest.mark.parametrize("email", ["siti@balikpapan.example", "nobody@balikpapan.example"])
def test_the_sixth_wrong_attempt_must_wait_for_known_and_unknown_alike(
    app: Flask, client: FlaskClient, email: str
) -> None:
    add_person(app)
    assert statuses(client, email, 20) == [401] * 5 + [429] * 15
    refused = log_in(client, email, WRONG)
    assert refused.headers["Retry-After"] == "1"
    assert refused.json["code"] == "too_many_attempts"
    assert refused.json["detail"] == "Wait 1 seconds before the next attempt."


def test_the_right_password_waits_too_so_that_guessing_learns_nothing(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    statuses(client, person.email, 5)
    assert log_in(client, person.email).status_code == 429


def test_a_trusted_device_is_not_slowed_down_by_others(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    device = tokens_of(client, person)["device_token"]
    assert statuses(client, person.email, 20)[-1] == 429
    assert log_in(client, person.email, device_token=device).status_code == 200
    assert log_in(client, person.email).status_code == 429


def test_a_trusted_device_has_its_own_limit(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    device = tokens_of(client, person)["device_token"]
    assert statuses(client, person.email, 7, device_token=device) == [401] * 5 + [429] * 2
    assert log_in(client, person.email).status_code == 200


def test_a_device_token_counts_for_its_person_its_password_and_ninety_days(
    app: Flask, client: FlaskClient, moment: Advance
) -> None:
    person, other = add_person(app), add_person(app, "Rudi")
    device = tokens_of(client, person)["device_token"]
    statuses(client, other.email, 5)
    assert log_in(client, other.email, device_token=device).status_code == 429
    statuses(client, person.email, 5)
    altered = device[:10] + ("A" if device[10] != "A" else "B") + device[11:]
    assert log_in(client, person.email, device_token=altered).status_code == 429

    tokens = log_in(client, person.email, device_token=device).json
    moment(timedelta(milliseconds=1))
    changed = client.post(
        CHANGE_PASSWORD,
        headers=bearer(tokens["access_token"]),
        json={"current_password": PASSWORD, "new_password": "pelabuhan-senja-93-kapal"},
    ).json
    assert log_in(client, person.email, device_token=device).status_code == 429
    moment(timedelta(days=90))
    note_time(app)
    statuses(client, person.email, 5)
    assert log_in(client, person.email, device_token=changed["device_token"]).status_code == 429


def test_the_delay_doubles_up_to_five_minutes_and_never_becomes_a_lock(
    app: Flask, client: FlaskClient, moment: Advance
) -> None:
    person = add_person(app)
    statuses(client, person.email, 5)
    waits = []
    for _ in range(11):
        wait = int(log_in(client, person.email, WRONG).headers["Retry-After"])
        waits.append(wait)
        moment(timedelta(seconds=wait))
        assert log_in(client, person.email, WRONG).status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    moment(timedelta(minutes=5))
    assert log_in(client, person.email).status_code == 200


def test_a_right_password_clears_the_count(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    for _ in range(3):
        statuses(client, person.email, 4)
        assert log_in(client, person.email).status_code == 200


def test_one_address_may_try_thirty_times_a_minute_over_all_accounts(
    app: Flask, client: FlaskClient, moment: Advance
) -> None:
    person = add_person(app)
    for number in range(30):
        assert log_in(client, f"guess{number}@balikpapan.example", WRONG).status_code == 401
    assert log_in(client, person.email).status_code == 429
    elsewhere = client.post(
        LOGIN, json={"email": person.email, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 200
    moment(timedelta(minutes=1))
    assert log_in(client, person.email).status_code == 200


def test_a_header_does_not_make_a_new_address(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    answers = [
        client.post(
            LOGIN,
            json={"email": f"guess{number}@balikpapan.example", "password": WRONG},
            headers={"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"},
        ).status_code
        for number in range(32)
    ]
    assert answers[-2:] == [429, 429]
    assert log_in(client, person.email).status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(
    environment: dict[str, str], client: FlaskClient
) -> None:
    behind = create_app(Settings.from_environ({**environment, "PROXY_HOPS": "1"}))

    def guess(forwarded: str, number: int) -> int:
        body = {"email": f"guess{number}@balikpapan.example", "password": WRONG}
        return behind.test_client().post(LOGIN, json=body, headers={"Forwarded": forwarded}).status_code

    # What the client writes itself stands to the left and is not believed.
    answers = [guess(f"for=198.51.100.{number}, for=203.0.113.7", number) for number in range(31)]
    other = guess("for=198.51.100.1, for=203.0.113.8", 31)
    with behind.app_context():
        db.engine.dispose()
    assert answers == [401] * 30 + [429]
    assert other == 401


@pytest.mark.usefixtures("context")
def test_an_ipv6_subscriber_is_one_address() -> None:
    assert address_bucket("2001:db8:1:2::1") == address_bucket("2001:db8:1:2:ffff::9")
    assert address_bucket("2001:db8:1:2::1") != address_bucket("2001:db8:1:3::1")
    assert address_bucket("::ffff:192.0.2.7") == address_bucket("192.0.2.7")


def test_guesses_at_the_same_moment_count_each(app: Flask) -> None:
    person = add_person(app)
    answers = sorted(at_once(app, 12, lambda client, _number: log_in(client, person.email, WRONG).status_code))
    assert answers == [401] * 5 + [429] * 7


def test_present_passwords_are_guessed_at_the_same_pace(app: Flask, client: FlaskClient) -> None:
    headers = bearer(tokens_of(client, add_person(app))["access_token"])
    body = {"current_password": WRONG, "new_password": "pelabuhan-senja-93-kapal"}
    answers = [client.post(CHANGE_PASSWORD, headers=headers, json=body).status_code for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_an_attempt_that_found_no_room_is_503_and_does_not_count(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = add_person(app)
    statuses(client, person.email, 2)
    monkeypatch.setattr(passwords, "QUEUE_SECONDS", 0.01)
    for _ in range(passwords.MOST_AT_ONCE):
        assert passwords._slots.acquire(timeout=1)
    try:
        refused = log_in(client, person.email)
    finally:
        for _ in range(passwords.MOST_AT_ONCE):
            passwords._slots.release()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    with app.app_context():
        assert {row.failures for row in session.scalars(select(SignInBucket))} == {2}


def test_counters_hold_no_name(app: Flask, client: FlaskClient) -> None:
    statuses(client, "nobody@balikpapan.example", 1)
    with app.app_context():
        names = [row.name for row in session.scalars(select(SignInBucket))]
    assert [len(name) for name in names] == [64, 64]
    assert not any("nobody" in name for name in names)


def test_sign_in_tells_how_many_attempts_an_address_has_left(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)

    right, wrong = log_in(client, person.email), log_in(client, person.email, WRONG)
    again = statuses(client, person.email, 5)
    refused = log_in(client, person.email, WRONG)

    assert {answer.headers["RateLimit-Policy"] for answer in (right, wrong, refused)} == {'"sign-in";q=30;w=60'}
    assert right.headers["RateLimit"] == '"sign-in";r=30;t=60'
    assert wrong.headers["RateLimit"] == '"sign-in";r=29;t=60'
    assert again[-1] == refused.status_code == 429
    assert refused.headers["RateLimit"] == f'"sign-in";r=0;t={refused.headers["Retry-After"]}'
