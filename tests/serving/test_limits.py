"""How much readers may send: by key, by key and address, by address; and what their answers tell of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.application import create_app
from config import Settings
from tests.conftest import counted_statements
from tests.factories import add_consumer, add_key, add_published_post

Limited = Callable[..., FlaskClient]
POLICIES = {"website": "key", "service": "key", "mobile": "key-and-address", "browser": "key-and-address"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def limited(app: Flask, environment: dict[str, str], city: None) -> Iterator[Limited]:
    """A client of the application with these limits."""
    made: list[Flask] = []

    def client(**settings: str) -> FlaskClient:
        application = create_app(Settings.from_environ({**environment, **settings}))
        application.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
        made.append(application)
        return application.test_client()

    add_published_post(app)
    yield client
    for application in made:
        application.extensions["simpul"].reader.close_connections()


def key_of(app: Flask, kind: str = "website", **values: object) -> dict[str, str]:
    _, key = add_key(app, add_consumer(app, kind=kind, **values))
    return {"Authorization": f"Bearer {key}"}


def left(answer: TestResponse) -> int:
    found = re.fullmatch(r'"[a-z-]+";r=([0-9]+);t=[0-9]+', answer.headers["RateLimit"])
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("kind", list(POLICIES))
def test_servers_are_counted_by_key_and_apps_by_key_and_address(app: Flask, limited: Limited, kind: str) -> None:
    client, key = limited(DELIVERY_PER_MINUTE="3", DELIVERY_APP_PER_MINUTE="3"), key_of(app, kind)

    answers = [client.get("/v1/posts", headers=key) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {f'"{POLICIES[kind]}";q=3;w=60'}
    assert [left(answer) for answer in answers] == [2, 1, 0, 0]
    elsewhere = client.get("/v1/posts", headers=key, environ_overrides=ELSEWHERE)
    assert elsewhere.status_code == (200 if kind in ("mobile", "browser") else 429)
    assert client.get("/v1/posts", headers=key_of(app, kind)).status_code == 200


def test_who_sends_too_much_is_told_when_to_come_back(app: Flask, limited: Limited) -> None:
    client, key = limited(DELIVERY_PER_MINUTE="1"), key_of(app)
    assert client.get("/v1/posts", headers=key).status_code == 200

    for path in ("/v1/posts", "/v1/posts?limit=1", "/v1/nowhere", "/v1/sync"):
        refused = client.get(path, headers={**key, "Accept-Language": "id"})
        assert refused.status_code == 429
        assert refused.content_type == "application/problem+json"
        assert refused.json is not None
        assert (refused.json["code"], refused.json["title"]) == ("too_many_requests", "Terlalu banyak permintaan")
        seconds = refused.headers["Retry-After"]
        assert refused.headers["RateLimit"] == f'"key";r=0;t={seconds}'
        assert 5 <= int(seconds) <= 6


def test_a_304_costs_a_tenth_from_memory_and_computed(app: Flask, limited: Limited) -> None:
    client, key = limited(DELIVERY_PER_MINUTE="3"), key_of(app)
    first = client.get("/v1/posts", headers=key)
    assert left(first) == 2

    known = {**key, "If-None-Match": first.headers["ETag"]}
    same = [client.get("/v1/posts", headers=known) for _ in range(5)]
    # A position is demanded: the application answers.
    same += [client.get("/v1/posts", headers={**known, "Min-Seq": "1"}) for _ in range(5)]

    assert {answer.status_code for answer in same} == {304}
    assert left(same[-1]) == 1
    assert "RateLimit-Policy" in same[0].headers


def test_answers_are_the_same_to_the_byte_whatever_is_left(app: Flask, limited: Limited) -> None:
    client, key = limited(DELIVERY_PER_MINUTE="9"), key_of(app)

    first, second = (client.get("/v1/posts", headers=key) for _ in range(2))

    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])
    assert left(second) == left(first) - 1 == 7


def test_errors_cost_and_faults_of_the_server_do_not(app: Flask, limited: Limited) -> None:
    client, key = limited(DELIVERY_PER_MINUTE="9"), key_of(app)

    wrong = [client.get(path, headers=key) for path in ("/v1/posts?limit=x", "/v1/posts/nothing", "/v1/nowhere")]
    late = client.get("/v1/posts", headers={**key, "Min-Seq": "999999"})

    assert [(answer.status_code, left(answer)) for answer in wrong] == [(400, 8), (404, 7), (404, 6)]
    assert (late.status_code, left(late)) == (503, 6)


def test_a_consumer_can_have_a_limit_of_its_own_or_none(app: Flask, limited: Limited) -> None:
    client = limited(DELIVERY_PER_MINUTE="5", DELIVERY_APP_PER_MINUTE="5")
    small, app_of_city = key_of(app, requests_per_minute=1), key_of(app, "mobile", requests_per_minute=2)
    unlimited = key_of(app, requests_per_minute=0)

    answers = {name: client.get("/v1/posts", headers=key) for name, key in (("small", small), ("app", app_of_city))}

    assert left(answers["small"]) == 0
    assert answers["app"].headers["RateLimit-Policy"] == '"key-and-address";q=2;w=60'
    for _ in range(7):
        answer = client.get("/v1/posts", headers=unlimited)
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_0_switches_limits_off(app: Flask, limited: Limited) -> None:
    client = limited(DELIVERY_PER_MINUTE="0", DELIVERY_APP_PER_MINUTE="0", DELIVERY_ANONYMOUS_PER_MINUTE="0")

    answers = [client.get("/v1/posts", headers=headers) for headers in (key_of(app), key_of(app, "browser"), {})]
    answers.append(client.get("/v1/feeds/rss"))

    assert [answer.status_code for answer in answers] == [200, 200, 401, 200]
    assert not any("RateLimit" in answer.headers for answer in answers)


def test_keys_that_do_not_hold_are_counted_by_address_and_beside_those_without_one(
    app: Flask, limited: Limited
) -> None:
    client = limited(DELIVERY_ANONYMOUS_PER_MINUTE="3")
    invented = {"Authorization": "Bearer smp_" + "0" * 38}

    refused = [client.get("/v1/posts", headers=headers) for headers in (invented, {}, invented, invented)]

    assert [answer.status_code for answer in refused] == [401, 401, 401, 429]
    assert client.get("/v1/feeds/rss").status_code == 200
    assert client.get("/v1/posts", headers=key_of(app)).status_code == 200
    with counted_statements(client.application) as statements:
        assert client.get("/v1/posts", headers=invented).status_code == 429
    assert statements == []


def test_pages_in_browsers_can_read_the_fields_also_of_a_refusal(app: Flask, limited: Limited) -> None:
    origin = "https://dpu.balikpapan.example"
    client, key = limited(DELIVERY_APP_PER_MINUTE="1"), key_of(app, "browser", origins=[origin])

    for status in (200, 429):
        answer = client.get("/v1/posts", headers={**key, "Origin": origin})
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= {*exposed}


def test_a_question_before_the_request_costs_nothing(app: Flask, limited: Limited) -> None:
    client, origin = limited(DELIVERY_ANONYMOUS_PER_MINUTE="1"), {"Origin": "https://dpu.balikpapan.example"}

    assert {client.options("/v1/posts", headers=origin).status_code for _ in range(5)} == {204}


def test_behind_a_proxy_the_address_that_it_tells_is_counted_for_kept_answers_too(app: Flask, limited: Limited) -> None:
    client, key = limited(DELIVERY_APP_PER_MINUTE="2", PROXY_HOPS="1"), key_of(app, "mobile")

    first, second = ({**key, "Forwarded": f"for=203.0.113.{number}"} for number in (1, 2))

    assert [client.get("/v1/posts", headers=first).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/v1/posts", headers=second).status_code == 200


def test_a_key_is_told_how_much_may_be_sent_with_it(app: Flask, limited: Limited) -> None:
    keys = [key_of(app), key_of(app, "browser"), key_of(app, requests_per_minute=7), key_of(app, requests_per_minute=0)]
    client = limited(DELIVERY_PER_MINUTE="30", DELIVERY_APP_PER_MINUTE="20")
    other = limited(DELIVERY_PER_MINUTE="31", DELIVERY_APP_PER_MINUTE="20")

    answers = [client.get("/v1/whoami", headers=key) for key in keys]

    told = [(answer.json["data"]["requests_per_minute"], answer.json["data"]["counted_by"]) for answer in answers]
    assert told == [(30, "key"), (20, "address"), (7, "key"), (None, "key")]
    headers = {**keys[0], "If-None-Match": answers[0].headers["ETag"]}
    assert client.get("/v1/whoami", headers=headers).status_code == 304
    changed = other.get("/v1/whoami", headers=headers)
    assert (changed.status_code, changed.json["data"]["requests_per_minute"]) == (200, 31)
