"""Rotation of refresh tokens and detection of stolen ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.accounts.policies import MOST_SIBLINGS
from tests.accounts.persons import ME, REFRESH, add_person, at_once, bearer, logged_actions, tokens_of

Advance = Callable[[timedelta], None]


def exchange(client: FlaskClient, tokens: dict[str, Any]) -> TestResponse:
    return client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})


def exchange_again(tokens: dict[str, Any], client: FlaskClient, _number: int) -> TestResponse:
    return exchange(client, tokens)


def test_a_refresh_token_gives_the_next_one(app: Flask, client: FlaskClient) -> None:
    first = tokens_of(client, add_person(app))
    second = exchange(client, first)

    assert second.status_code == 200
    assert set(second.json) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert second.json["refresh_token"] != first["refresh_token"]
    assert client.get(ME, headers=bearer(second.json["access_token"])).status_code == 200
    assert exchange(client, second.json).status_code == 200


def test_reuse_after_the_grace_ends_the_session_and_is_logged(app: Flask, client: FlaskClient, moment: Advance) -> None:
    first = tokens_of(client, add_person(app))
    second = exchange(client, first).json
    moment(timedelta(seconds=11))

    reused = exchange(client, first)
    assert (reused.status_code, reused.json["code"]) == (401, "invalid_token")
    assert exchange(client, second).status_code == 401
    assert client.get(ME, headers=bearer(second["access_token"])).status_code == 401
    assert logged_actions(app).count("user.refresh_reused") == 1


def test_two_tabs_that_refresh_together_both_go_on(app: Flask, client: FlaskClient, moment: Advance) -> None:
    first = tokens_of(client, add_person(app))
    one = exchange(client, first).json
    moment(timedelta(seconds=10))
    other = exchange(client, first).json

    for _round in range(3):
        moment(timedelta(minutes=9))
        one, other = exchange(client, one), exchange(client, other)
        assert (one.status_code, other.status_code) == (200, 200)
        one, other = one.json, other.json
        assert client.get(ME, headers=bearer(one["access_token"])).status_code == 200
        assert client.get(ME, headers=bearer(other["access_token"])).status_code == 200
    assert "user.refresh_reused" not in logged_actions(app)


def test_the_grace_counts_from_the_first_use(app: Flask, client: FlaskClient, moment: Advance) -> None:
    first = tokens_of(client, add_person(app))
    statuses = []
    for _ in range(4):
        statuses.append(exchange(client, first).status_code)
        moment(timedelta(seconds=5))
    assert statuses == [200, 200, 200, 401]
    assert logged_actions(app)[-1] == "user.refresh_reused"


def test_one_token_does_not_give_any_number_of_others(app: Flask, client: FlaskClient) -> None:
    first = tokens_of(client, add_person(app))
    statuses = [exchange(client, first).status_code for _ in range(MOST_SIBLINGS + 1)]
    assert statuses == [200] * MOST_SIBLINGS + [401]
    assert logged_actions(app)[-1] == "user.refresh_reused"


def test_an_unused_token_dies_after_eight_hours(app: Flask, client: FlaskClient, moment: Advance) -> None:
    person = add_person(app)
    first, other = tokens_of(client, person), tokens_of(client, person)
    moment(timedelta(hours=8) - timedelta(seconds=1))
    assert exchange(client, first).status_code == 200
    moment(timedelta(seconds=1))
    assert exchange(client, other).status_code == 401
    assert "user.refresh_reused" not in logged_actions(app)


def test_a_session_ends_after_seven_days_whatever_happens(app: Flask, client: FlaskClient, moment: Advance) -> None:
    tokens = tokens_of(client, add_person(app))
    for _ in range(7 * 4 - 1):
        moment(timedelta(hours=6))
        tokens = exchange(client, tokens).json
    moment(timedelta(hours=6) - timedelta(minutes=3))
    last = exchange(client, tokens).json
    # The access token does not outlive its session either.
    assert last["expires_in"] == 180
    moment(timedelta(minutes=3))
    assert exchange(client, last).status_code == 401
    assert client.get(ME, headers=bearer(last["access_token"])).status_code == 401


def test_tokens_of_one_kind_do_not_work_as_the_other(app: Flask, client: FlaskClient) -> None:
    tokens = tokens_of(client, add_person(app))
    assert client.get(ME, headers=bearer(tokens["refresh_token"])).status_code == 401
    assert client.get(ME, headers=bearer(tokens["device_token"])).status_code == 401
    assert client.post(REFRESH, json={"refresh_token": tokens["access_token"]}).status_code == 401
    assert client.post(REFRESH, json={"refresh_token": tokens["device_token"]}).status_code == 401
    assert client.get("/v1/posts", headers=bearer(tokens["access_token"])).status_code == 401


def test_of_many_refreshes_at_once_everybody_goes_on(app: Flask) -> None:
    tokens = tokens_of(app.test_client(), add_person(app))
    answers = at_once(app, 8, partial(exchange_again, tokens))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.json["refresh_token"] for answer in answers}) == 8
    for answer in answers:
        assert exchange(app.test_client(), answer.json).status_code == 200
    assert "user.refresh_reused" not in logged_actions(app)
