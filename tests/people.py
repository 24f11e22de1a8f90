"""Callers: people with a real access token, and websites with a real delivery key.

    author = people.person(Role.AUTHOR, "dpu")
    made = author("POST", "/manage/v1/posts", json=post_content())
    site = people.website()
    site("GET", "/v1/posts")

People are rows with a sign-in session of their own; signing in itself is what tests/accounts is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.accounts.models import Membership, SignInSession, User
from cms.accounts.passwords import hash_password
from cms.accounts.tokens import make_access_token
from cms.consumers.models import Scope
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import AGENCY_ROLES, Actor, Role
from tests.factories import add_agencies, add_consumer, add_key

LONG = timedelta(days=300)
PASSWORD = "teluk-tenang-17-burung"
"""The password of all of them."""


class Caller:
    """Somebody at an HTTP client who sends the same token with every request."""

    def __init__(self, client: FlaskClient, token: str, actor: Actor | None = None) -> None:
        self.client, self.token, self._actor = client, token, actor
        self.headers = {"Authorization": f"Bearer {token}"}

    @property
    def actor(self) -> Actor:
        """The person as services know one; websites have none."""
        assert self._actor is not None
        return self._actor

    def __call__(self, method: str, path: str, match: str | int | None = None, **sent: Any) -> TestResponse:
        """Send a request. `match` goes into If-Match: an ETag, or the number of a version."""
        headers = {**self.headers, **sent.pop("headers", {})}
        if match is not None:
            headers["If-Match"] = match if isinstance(match, str) else f'"v{match}"'
        return self.client.open(path, method=method, headers=headers, **sent)

    def get(self, path: str, **sent: Any) -> TestResponse:
        """Send a GET request."""
        return self("GET", path, **sent)

    def post(self, path: str, json: Any = None, **sent: Any) -> TestResponse:
        """Send a POST request."""
        return self("POST", path, json=json, **sent)


class People:
    """Makes callers; the same role in the same agency is the same person within one test."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self._app, self._client = app, client
        self._known: dict[tuple[Role, str | None], Caller] = {}

    def person(self, role: Role, agency: str | None = None) -> Caller:
        """Someone who holds `role`, in `agency` when it is one of the agencies' roles."""
        assert (agency is not None) == (role in AGENCY_ROLES), (
            "a role of an agency needs one, a city-wide role has none"
        )
        if (role, agency) not in self._known:
            if agency is not None:
                add_agencies(self._app, agency)
            self._known[role, agency] = self._new(f"{role} {agency or ''}".strip(), (role, agency))
        return self._known[role, agency]

    def stranger(self) -> Caller:
        """Someone who is signed in and holds no role at all."""
        return self._new("tanpa peran")

    def _new(self, name: str, *roles: tuple[Role, str | None]) -> Caller:
        actor = Actor(new_id(), name, frozenset(roles))
        token = sign_in(self._app, actor)
        return Caller(self._client, token, actor)

    def website(
        self, scopes: Iterable[str] = tuple(Scope), agencies: Iterable[str] | None = None, owner: str = "dpu"
    ) -> Caller:
        """A website of `owner` with a key that has these scopes and sees these agencies (None: all)."""
        add_agencies(self._app, owner)
        _id, key = add_key(self._app, add_consumer(self._app, owner), scopes=scopes, agencies=agencies)
        return Caller(self._client, key)


def sign_in(app: Flask, actor: Actor) -> str:
    """Write the rows of this person and of a session; returns an access token of it."""
    present = clock.now()
    with app.app_context():
        with unit_of_work() as unit:
            user = User(id=actor.id, email=email_of(actor), name=actor.label, password_hash=_password_hash())
            user.created_at = user.updated_at = user.password_changed_at = present
            user.token_version = 1
            unit.add(user)
            unit.session.flush()
            unit.add(SignInSession(id=actor.id, user_id=actor.id, created_at=present, expires_at=present + LONG))
            unit.add(*(Membership(user_id=actor.id, role=role.value, agency=agency) for role, agency in actor.roles))
        token, _seconds = make_access_token(user, str(actor.id), present + LONG)
    return token


def email_of(actor: Actor) -> str:
    """The address under which this person signs in."""
    return f"{actor.id}@balikpapan.example"


@cache
def _password_hash() -> str:
    """Hashed once per test process: that is made to be slow."""
    return hash_password(PASSWORD)
