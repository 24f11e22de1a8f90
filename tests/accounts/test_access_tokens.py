"""Access tokens: what is inside, what is refused, and that the database decides on every request."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from flask_jwt_extended import jwt_required
from sqlalchemy import select

from cms.accounts.authentication import authenticate_person
from cms.accounts.models import Membership, SignInSession, User
from cms.accounts.services.people import suspend_user, update_user
from cms.application import create_app
from cms.core import clock
from cms.core.db import db, unit_of_work
from cms.core.http.access import Plane, public
from cms.core.ids import new_id
from cms.core.permissions import Role, system_actor
from config import Settings
from tests.accounts.persons import ME, add_agencies, add_person, bearer, signed_in, tokens_of
from tests.conftest import counted_statements

Advance = Callable[[timedelta], None]


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    decoded = jwt.decode_complete(token, options={"verify_signature": False})
    return decoded["header"], decoded["payload"]


def signed(
    app: Flask, header: dict[str, Any], claims: dict[str, Any], key: Any = None, algorithm: str = "HS256"
) -> str:
    extra = {name: value for name, value in header.items() if name != "alg"}
    return jwt.encode(claims, key or secret_of(app), algorithm=algorithm, headers=extra)


def secret_of(app: Flask) -> bytes:
    """What access tokens are signed with now."""
    key = app.extensions["simpul"].signing_keys.current()
    return bytes(key.secret("access-token"))


def test_a_token_says_who_and_in_which_session_and_nothing_about_roles(app: Flask, client: FlaskClient) -> None:
    person = add_person(app, "Budi", (Role.AUTHOR, "dpu"))
    header, claims = parts_of(tokens_of(client, person)["access_token"])

    assert header == {"alg": "HS256", "typ": "at+jwt", "kid": app.extensions["simpul"].signing_keys.current().id}
    required = {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "tv"}
    # The last two are the library's own.
    assert set(claims) == required | {"fresh", "type"}
    assert (claims["sub"], claims["iss"], claims["aud"]) == (person.id, "http://localhost", "simpul-management")
    assert claims["exp"] - claims["iat"] == 600
    assert not any(word in repr(claims) for word in ("author", "dpu", person.email))


def test_a_token_works_for_ten_minutes(app: Flask, client: FlaskClient, moment: Advance) -> None:
    headers = signed_in(client, add_person(app))
    moment(timedelta(minutes=10) - timedelta(seconds=1))
    assert client.get(ME, headers=headers).status_code == 200
    moment(timedelta(seconds=1))
    assert client.get(ME, headers=headers).status_code == 401


def test_the_scheme_may_be_written_in_any_case(app: Flask, client: FlaskClient) -> None:
    token = tokens_of(client, add_person(app))["access_token"]
    for scheme in ("bearer", "BEARER"):
        assert client.get(ME, headers={"Authorization": f"{scheme} {token}"}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None}, {"nbf": None}, {"iat": None}, {"iss": None}, {"aud": None}, {"sub": None}, {"sid": None}, {"jti": None}, {"tv": None},
        {"exp": 1}, {"exp": "9999999999"}, {"exp": True}, {"exp": 1e400}, {"nbf": 9_999_999_999}, {"iat": 9_999_999_999},
        {"iss": "http://localhos"}, {"iss": ["http://localhost"]}, {"aud": "other"}, {"aud": ["simpul-management"]},
        {"sub": 7}, {"sub": "1"}, {"sid": {}}, {"sid": "x' OR 1=1 --"}, {"tv": 0}, {"tv": "1"}, {"tv": 2**70}, {"tv": 1.0}, {"jti": 5},
        {"sub": "019ac1a0-7c00-7000-8000-000000000002"}, {"sid": "019ac1a0-7c00-7000-8000-000000000002"}, {"tv": 2},
    ],
)  # fmt: skip
def test_a_claim_that_is_missing_or_wrong_is_401(app: Flask, client: FlaskClient, change: dict[str, Any]) -> None:
    header, claims = parts_of(tokens_of(client, add_person(app))["access_token"])
    claims = {name: value for name, value in {**claims, **change}.items() if value is not None}
    answer = client.get(ME, headers=bearer(signed_loosely(app, header, claims)))
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def signed_loosely(app: Flask, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed as by somebody who has our key and other ideas of what a claim is (PyJWT's own encoder would object)."""
    extra = {name: value for name, value in header.items() if name != "alg"}
    return jwt.PyJWS().encode(json.dumps(claims).encode(), secret_of(app), algorithm="HS256", headers=extra)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"}, {"typ": "refresh"}, {"kid": "another"}, {"kid": None}, {"crit": ["exp"]}, {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"}, {"jwk": {"kty": "oct", "k": "AAAA"}}, {"cty": "JWT"},
    ],
)  # fmt: skip
def test_a_header_that_we_did_not_write_is_401(app: Flask, client: FlaskClient, header: dict[str, Any]) -> None:
    ours, claims = parts_of(tokens_of(client, add_person(app))["access_token"])
    changed = {name: value for name, value in {**ours, **header}.items() if value is not None}
    assert client.get(ME, headers=bearer(signed_loosely(app, changed, claims))).status_code == 401


def test_another_algorithm_or_key_is_401(app: Flask, client: FlaskClient) -> None:
    header, claims = parts_of(tokens_of(client, add_person(app))["access_token"])
    secret = secret_of(app)
    assert client.get(ME, headers=bearer(signed(app, header, claims, b"x" * 32))).status_code == 401
    assert client.get(ME, headers=bearer(signed(app, header, claims, secret + secret, "HS512"))).status_code == 401
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"typ": "at+jwt", "kid": header["kid"]})
    assert client.get(ME, headers=bearer(unsigned)).status_code == 401
    assert client.get(ME, headers=bearer(signed(app, header, claims))).status_code == 200


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Token abc", "Basic YTpi", "", "x" * 5_000]
)
@pytest.mark.parametrize("address", [ME, "/manage/v1/auth/login", "/manage/v1/nowhere"])
def test_what_is_present_and_not_valid_is_401_everywhere(client: FlaskClient, header: str, address: str) -> None:
    answer = client.open(address, method="GET", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "header",
    [
        "[" * 2_900, '{"a":' * 700, "[]", "null", "1", '"x"', '{"alg":[]}', '{"alg":{}}', '{"alg":"HS256","kid":[]}', '{"alg":"HS256","typ":1}',
        '{"alg":"HS256","b64":false,"crit":["b64"]}', '{"alg":1e999}', "NaN", "\udcff",
    ],
)  # fmt: skip
def test_a_malformed_token_is_401(client: FlaskClient, header: str) -> None:
    encoded = base64.urlsafe_b64encode(header.encode(errors="surrogateescape")).decode().rstrip("=")
    for token in (f"{encoded}.e30.eA", f"{encoded}..", encoded, f"{encoded}.a.b.c.d"):
        assert client.get(ME, headers=bearer(token)).status_code == 401


def test_no_token_is_401_with_a_challenge(client: FlaskClient) -> None:
    answer = client.get(ME)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_key_alone_opens_nothing_without_a_live_session(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    header, claims = parts_of(tokens_of(client, person)["access_token"])
    forged = signed(app, header, {**claims, "sid": new_id()})
    assert client.get(ME, headers=bearer(forged)).status_code == 401
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(SignInSession, claims["sid"]).expires_at = clock.now()
    assert client.get(ME, headers=bearer(signed(app, header, claims))).status_code == 401


def test_suspension_counts_from_the_next_request(app: Flask, client: FlaskClient) -> None:
    add_person(app, "Admin")
    person = add_person(app)
    tokens = tokens_of(client, person)
    with app.app_context():
        suspend_user(system_actor("test"), person.id, frozenset({1}))
    assert client.get(ME, headers=bearer(tokens["access_token"])).status_code == 401
    assert client.post("/manage/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401


def test_a_change_of_roles_counts_from_the_next_request_without_signing_in_again(
    app: Flask, client: FlaskClient
) -> None:
    add_agencies(app, "dpu")
    add_person(app, "Admin")
    person = add_person(app)
    headers = signed_in(client, person)
    assert client.get("/manage/v1/users", headers=headers).status_code == 200
    with app.app_context():
        update_user(system_actor("test"), person.id, frozenset({1}), {"memberships": [(Role.AUTHOR, "dpu")]})
    assert client.get("/manage/v1/users", headers=headers).status_code == 403
    assert client.get(ME, headers=headers).json["data"]["memberships"] == [{"role": "author", "agency": "dpu"}]


def test_a_deleted_person_is_nobody(app: Flask, client: FlaskClient) -> None:
    person = add_person(app)
    headers = signed_in(client, person)
    with app.app_context(), unit_of_work() as unit:
        for held in unit.session.scalars(select(Membership).where(Membership.user_id == person.id)):
            unit.session.delete(held)
        unit.session.delete(unit.session.get_one(User, person.id, populate_existing=True))
    assert client.get(ME, headers=headers).status_code == 401


def test_authentication_takes_one_statement(app: Flask, client: FlaskClient) -> None:
    person = add_person(app, "Budi", (Role.AUTHOR, "dpu"), (Role.AGENCY_EDITOR, "dishub"))
    token = tokens_of(client, person)["access_token"]
    with counted_statements(app) as statements, app.app_context():
        actor = authenticate_person(token).actor
    assert len(statements) == 1
    assert actor.roles == {(Role.AUTHOR, "dpu"), (Role.AGENCY_EDITOR, "dishub")}
    assert actor.id == person.id


def test_a_library_decorator_answers_with_our_401_too(environment: dict[str, str], client: FlaskClient) -> None:
    other = create_app(Settings.from_environ(environment))
    other.add_url_rule("/probe", "probe", public(Plane.SERVICE)(jwt_required()(lambda: jsonify({}))))
    with other.test_client() as probing:
        answer = probing.get("/probe")
    with other.app_context():
        other.extensions["simpul"].reader.close_connections()
        db.engine.dispose()
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.json["code"] == "invalid_token"
