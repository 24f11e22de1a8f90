"""People for the tests of this folder, and a client that signs in as one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cms.accounts.services.people import create_user
from cms.agencies.models import Agency
from cms.changes.log import read_after
from cms.core import clock
from cms.core.db import db, session, unit_of_work
from cms.core.permissions import Role, system_actor
from tests.conftest import filled_tables

PASSWORD = "teluk-tenang-17-burung"
LOGIN, REFRESH = "/manage/v1/auth/login", "/manage/v1/auth/refresh"
LOGOUT, CHANGE_PASSWORD = "/manage/v1/auth/logout", "/manage/v1/auth/password"
ME, USERS = "/manage/v1/me", "/manage/v1/users"


@dataclass(frozen=True)
class Person:
    """Someone who exists in the database."""

    id: str
    email: str


def add_agencies(app: Flask, *slugs: str) -> None:
    """Agencies with these slugs, unless they exist."""
    with app.app_context(), unit_of_work() as unit:
        known = set(session.scalars(select(Agency.slug)))
        for slug in set(slugs) - known:
            moment = clock.now()
            unit.add(
                Agency(
                    slug=slug, name=f"Dinas {slug}", short_name=slug, kind="dinas", created_at=moment, updated_at=moment
                )
            )


def add_person(app: Flask, name: str = "Siti", *memberships: tuple[Role, str | None]) -> Person:
    """A person with PASSWORD; without memberships an administrator."""
    held = list(memberships) or [(Role.ADMIN, None)]
    add_agencies(app, *(agency for _role, agency in held if agency))
    email = f"{name.lower()}@balikpapan.example"
    with app.app_context():
        values = {"email": email, "name": name, "password": PASSWORD, "memberships": held}
        user = create_user(system_actor("test"), **values, password_change_needed=False)
        return Person(user.id, email)


def log_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: Any) -> TestResponse:
    """The answer to a sign-in."""
    return client.post(LOGIN, json={"email": email, "password": password, **more})


def tokens_of(client: FlaskClient, person: Person) -> dict[str, Any]:
    """The tokens of a sign-in that must work."""
    answer = log_in(client, person.email)
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def signed_in(client: FlaskClient, person: Person) -> dict[str, str]:
    """Headers of the person after signing in."""
    return bearer(tokens_of(client, person)["access_token"])


def logged_actions(app: Flask) -> list[str]:
    """The actions in the change log, oldest first."""
    with app.app_context():
        return [line.action for line in read_after(0)]


def all_rows(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """The content of every table but the attempt counters, to see that nothing changed."""
    with app.app_context():
        filled = [table for table in filled_tables(db.session.connection()) if table.name != "sign_in_buckets"]
        return {table.name: sorted(map(tuple, session.execute(table.select())), key=repr) for table in filled}


def at_once(app: Flask, count: int, act: Callable[[FlaskClient, int], Any]) -> list[Any]:
    """What `act(client, number)` gives when `count` threads begin it together."""
    barrier = Barrier(count)

    def begin(number: int) -> Any:
        barrier.wait()
        try:
            return act(app.test_client(), number)
        finally:
            # The connection belongs to the thread, which ends here.
            app.extensions["simpul"].reader.close_connections()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
