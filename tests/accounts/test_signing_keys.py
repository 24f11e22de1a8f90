"""The ring of signing keys: rotated beside a running server, nobody notices; ended, only what it signed ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.accounts.services.signing_keys import rotate_signing_keys
from cms.accounts.tokens import DEVICE_TOKEN_LIFE
from cms.core.cursors import CURSOR_LIFE
from cms.core.db import session
from cms.core.errors import Forbidden
from cms.core.permissions import Role, system_actor
from cms.core.signing_keys import MOST_LOOKS, SigningKeyRow, SigningKeys
from tests.accounts.persons import LOGIN, ME, PASSWORD, REFRESH, add_person, bearer, log_in, logged_actions
from tests.conftest import counted_statements, second_app
from tests.factories import post_content
from tests.people import Caller, People

MANAGE = "/manage/v1"
OPERATOR = system_actor("test")
KEY = {"Idempotency-Key": "sekali"}
Advance = Callable[[timedelta], None]


@pytest.fixture
def other(environment: dict[str, str], app: Flask) -> Iterator[Flask]:
    """Another node on the same database, which has looked at the ring already."""
    with second_app(environment) as found:
        with found.app_context():
            found.extensions["simpul"].signing_keys.read()
        yield found


def rotate(app: Flask, *, ends_older: bool = False) -> str:
    with app.app_context():
        return rotate_signing_keys(OPERATOR, ends_older=ends_older)


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


class Signed:
    """One of everything that the ring signs, and how it is shown again."""

    def __init__(self, app: Flask, people: People) -> None:
        self.client = app.test_client()
        self.email = add_person(app, "Budi", (Role.AGENCY_EDITOR, "dpu")).email
        tokens = log_in(self.client, self.email).json
        self.access, self.refresh, self.device = (
            tokens[name] for name in ("access_token", "refresh_token", "device_token")
        )
        self.caller, self.site = Caller(self.client, self.access), people.website()
        made = [self.caller.post(f"{MANAGE}/posts", post_content(title=f"Judul {number}")) for number in range(3)]
        for each in made:
            path = f"{MANAGE}/posts/{each.json['data']['id']}/publish"
            assert self.caller.post(path, {}, match=each.headers["ETag"]).status_code == 200
        self.content = post_content(title="Sekali saja")
        self.kept = self.caller.post(f"{MANAGE}/posts", self.content, headers=KEY).json["data"]["id"]
        draft = f"{MANAGE}/posts/{self.kept}/previews"
        self.preview = (
            self.caller.post(draft, {"expires_in": 30 * 86_400}).json["data"]["url"].removeprefix("http://localhost")
        )
        self.managed = self._next(self.caller.get(f"{MANAGE}/posts?limit=1"))
        self.delivered = self._next(self.site.get("/v1/posts?limit=1"))

    @staticmethod
    def _next(answer: Any) -> str:
        return str(answer.json["links"]["next"]).removeprefix("http://localhost")

    def shown_to(self, app: Flask) -> dict[str, bool]:
        """What this node still accepts."""
        client = app.test_client()
        person, site = Caller(client, self.access), Caller(client, self.site.token)
        repeated = person.post(f"{MANAGE}/posts", self.content, headers=KEY)
        return {
            "access": person.get(ME).status_code == 200,
            "kept": repeated.status_code == 201 and repeated.json["data"]["id"] == self.kept,
            "managed": person.get(self.managed).status_code == 200,
            "delivered": site.get(self.delivered).status_code == 200,
            "preview": client.get(self.preview).status_code == 200,
            "device": self.is_trusted(client),
        }

    def is_trusted(self, client: FlaskClient) -> bool:
        """Whether a device that somebody else's guesses have not slowed down may sign in."""
        wrong = {"email": self.email, "password": "salah"}
        while client.post(LOGIN, json=wrong).status_code == 401:
            pass
        body = {"email": self.email, "password": PASSWORD, "device_token": self.device}
        return client.post(LOGIN, json=body).status_code == 200


@pytest.fixture
def signed(app: Flask, people: People, city: None) -> Signed:
    return Signed(app, people)


def test_a_rotation_ends_nothing_on_any_node(app: Flask, other: Flask, signed: Signed) -> None:
    made = [rotate(app), rotate(other)]

    assert set(signed.shown_to(app).values()) == {True}
    assert set(signed.shown_to(other).values()) == {True}
    assert logged_actions(app).count("signing_key.rotated") == 2
    for node in (app, other):
        tokens = node.test_client().post(REFRESH, json={"refresh_token": signed.refresh}).json
        assert kid_of(tokens["access_token"]) == made[1]


def test_what_a_node_signs_is_known_to_a_node_that_has_not_heard_of_the_key(
    app: Flask, other: Flask, people: People, city: None
) -> None:
    rotate(app)
    signed = Signed(app, people)

    assert set(signed.shown_to(other).values()) == {True}


def test_old_keys_verify_until_what_they_signed_has_expired(app: Flask, signed: Signed, moment: Advance) -> None:
    keys = app.extensions["simpul"].signing_keys
    old = keys.current().id
    rotate(app)
    lives = [timedelta(minutes=10), timedelta(hours=24), CURSOR_LIFE, timedelta(days=30), DEVICE_TOKEN_LIFE]
    passed = timedelta(0)
    for life in lives:
        moment(life - passed)
        assert keys.find(old, life) is not None
        moment(timedelta(minutes=2))
        passed = life + timedelta(minutes=2)
        assert keys.find(old, life) is None
    assert signed.site.get(signed.delivered).json["code"] == "invalid_cursor"


def test_ended_keys_end_what_they_signed_and_nobody_is_signed_out(app: Flask, other: Flask, signed: Signed) -> None:
    assert Caller(other.test_client(), signed.access).get(ME).status_code == 200

    rotate(app, ends_older=True)

    for node in (other, app):
        shown = signed.shown_to(node)
        # What the access token was needed for cannot be seen without it.
        assert {name for name, holds in shown.items() if holds} == set()
    tokens = other.test_client().post(REFRESH, json={"refresh_token": signed.refresh}).json
    fresh = bearer(tokens["access_token"])
    assert app.test_client().get(ME, headers=fresh).status_code == 200
    repeated = app.test_client().post(f"{MANAGE}/posts", json=signed.content, headers={**fresh, **KEY})
    assert (repeated.status_code, repeated.json["code"]) == (409, "idempotency_answer_lost")


def test_lists_have_another_tag_when_their_cursors_are_made_with_another_key(app: Flask, signed: Signed) -> None:
    first = signed.site.get("/v1/posts?limit=1")
    assert signed.site.get("/v1/posts?limit=1", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    rotate(app)

    second = signed.site.get("/v1/posts?limit=1", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.headers["ETag"] != first.headers["ETag"]
    assert second.json["links"]["next"] != first.json["links"]["next"]


def test_the_database_alone_gives_no_key(app: Flask, signed: Signed) -> None:
    rotate(app)
    with app.app_context():
        rows = session.execute(select(SigningKeyRow)).all()
    assert len(rows) == 1
    own, other = (
        app.extensions["simpul"].signing_keys,
        SigningKeys("another-root-" * 4, app.extensions["simpul"].reader),
    )
    with app.app_context():
        assert own.read().id == other.read().id
        assert own.read().secret("access-token") != other.read().secret("access-token")
        secrets = {own.read().secret(purpose) for purpose in ("access-token", "preview", "cursor", "device-token")}
    assert len(secrets) == 4


def test_invented_keys_do_not_make_the_database_work(app: Flask, signed: Signed) -> None:
    header, claims = (
        jwt.get_unverified_header(signed.access),
        jwt.decode(signed.access, options={"verify_signature": False}),
    )
    client = app.test_client()
    with counted_statements(app) as statements:
        for number in range(3 * MOST_LOOKS):
            token = jwt.encode(claims, "x" * 32, headers={**header, "kid": f"{number:012x}"})
            assert client.get(ME, headers=bearer(token)).status_code == 401
    looks = sum("signing_keys" in statement for statement in statements)
    # They may fall into several seconds when the machine is busy.
    assert looks < 3 * MOST_LOOKS or looks == len(statements)


def test_only_the_operator_rotates(context: None, people: People) -> None:
    with pytest.raises(Forbidden):
        rotate_signing_keys(people.person(Role.ADMIN).actor)


def test_the_command_lists_and_rotates(app: Flask) -> None:
    runner = app.test_cli_runner()
    before = runner.invoke(args=["cms", "signing-keys", "list"]).output.split()
    rotated = runner.invoke(args=["cms", "signing-keys", "rotate"])
    assert rotated.exit_code == 0, rotated.output
    listed = runner.invoke(args=["cms", "signing-keys", "list"]).output.splitlines()
    assert [line.split()[0] for line in listed] == [before[0], rotated.output.split()[0]]
    ended = runner.invoke(args=["cms", "signing-keys", "rotate", "--end-old"]).output.split()[0]
    assert [line.split()[0] for line in runner.invoke(args=["cms", "signing-keys", "list"]).output.splitlines()] == [
        ended
    ]
