"""People who administer reference data, as callers of the management plane; used by agencies, taxonomy and consumers."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.accounts.models import Membership, SignInSession, User
from cms.accounts.tokens import make_access_token
from cms.agencies.models import Agency
from cms.changes.log import read_after
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from tests.conftest import NOW

ADMIN = Actor(new_id(), "Admin", frozenset({(Role.ADMIN, None)}))
AUTHOR = Actor(new_id(), "Author", frozenset({(Role.AUTHOR, "dpu")}))
FAR = NOW.replace(year=2030)


class Caller:
    """A person at an HTTP client."""

    def __init__(self, app: Flask, client: FlaskClient, person: Actor) -> None:
        with app.app_context(), unit_of_work() as unit:
            user = User(id=person.id, name=person.label, email=f"{person.id}@balikpapan.example", password_hash="none")
            user.created_at = user.updated_at = user.password_changed_at = NOW
            user.token_version = 1
            unit.add(user)
            unit.session.flush()
            unit.add(SignInSession(id=person.id, user_id=person.id, created_at=NOW, expires_at=FAR))
            unit.add(*(Membership(user_id=person.id, role=role.value, agency=agency) for role, agency in person.roles))
        with app.app_context():
            token, _seconds = make_access_token(user, person.id or "", FAR)
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, json: Any = None, match: str | None = None) -> TestResponse:
        headers = {**self.headers, **({"If-Match": match} if match else {})}
        return self.client.open(f"/manage/v1/{path}", method=method, json=json, headers=headers)


def add_agency(app: Flask, slug: str, **values: Any) -> None:
    row = {"name": f"Dinas {slug}", "short_name": slug.upper(), "kind": "dinas", "created_at": NOW, "updated_at": NOW}
    with app.app_context(), unit_of_work() as unit:
        unit.add(Agency(slug=slug, **{**row, **values}))


def logged(app: Flask) -> list[tuple[str, str, list[str]]]:
    """Action, resource and changed fields of every line of the log."""
    with app.app_context():
        return [(line.action, line.resource_id, line.fields) for line in read_after(0)]
