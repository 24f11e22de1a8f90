"""Scenarios of tests/test_services.py: people, their sessions and the signing keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from cms.accounts.devices import Origin
from cms.accounts.models import SignInSession
from cms.accounts.services import people as accounts
from cms.accounts.services import sign_in
from cms.accounts.services.purging import purge_expired
from cms.accounts.services.signing_keys import rotate_signing_keys
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.permissions import Role, system_actor
from tests.access.world import World
from tests.accounts.persons import add_person, tokens_of
from tests.people import PASSWORD

Act = Callable[[], Any]
Scenario = Callable[[World], Act]
FIRST = frozenset({1})
MEMBERSHIPS = [(Role.AUTHOR, "dpu")]


def on_person(act: Callable[..., Any], *more: Any) -> Scenario:
    def prepare(world: World) -> Act:
        someone = world.person()
        return lambda: act(world.callers["admin"].actor, someone, FIRST, *more)

    return prepare


def reactivate(world: World) -> Act:
    someone = world.person()
    with world.app.app_context():
        accounts.suspend_user(world.callers["admin"].actor, someone, FIRST)
    return lambda: accounts.reactivate_user(world.callers["admin"].actor, someone, frozenset({2}))


def end_session(world: World) -> Act:
    someone = world.person()
    return lambda: accounts.end_user_session(world.callers["admin"].actor, someone, someone)


def create_user(world: World) -> Act:
    values = {"email": "baru@balikpapan.example", "name": "Baru", "password": PASSWORD}
    return lambda: accounts.create_user(world.callers["admin"].actor, **values, memberships=MEMBERSHIPS)


def refresh(world: World) -> Act:
    token = tokens_of(world.client, add_person(world.app))["refresh_token"]
    return lambda: sign_in.refresh(token, Origin())


def end_own_session(world: World) -> Act:
    author = world.callers["author"].actor
    # The session of a caller has the id of the person.
    return lambda: sign_in.end_own_session(author, str(author.id))


def purge(world: World) -> Act:
    """A session that ended long ago."""
    someone = world.person()
    with world.app.app_context(), unit_of_work() as unit:
        old = update(SignInSession).where(SignInSession.id == someone).values(expires_at=clock.EPOCH)
        unit.session.execute(old)
    return purge_expired


SILENT = frozenset({"accounts.purge_expired", "accounts.refresh"})
IN_STEPS = frozenset({"accounts.sign_in", "accounts.change_password"})
"""The attempt is counted in a transaction of its own, which stays whatever comes after it."""
SCENARIOS: dict[str, Scenario] = {
    "accounts.create_user": create_user,
    "accounts.update_user": on_person(accounts.update_user, {"name": "Lain", "memberships": MEMBERSHIPS}),
    "accounts.suspend_user": on_person(accounts.suspend_user),
    "accounts.reactivate_user": reactivate,
    "accounts.reset_password": on_person(accounts.reset_password, PASSWORD),
    "accounts.end_user_session": end_session,
    "accounts.refresh": refresh,
    "accounts.sign_out": lambda world: lambda: sign_in.sign_out(world.callers["author"].actor, everywhere=True),
    "accounts.end_own_session": end_own_session,
    "accounts.purge_expired": purge,
    "accounts.rotate_signing_keys": lambda _world: lambda: rotate_signing_keys(system_actor("test")),
}
