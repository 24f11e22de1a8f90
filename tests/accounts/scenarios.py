"""Scenarios of tests/test_services.py: people, their sessions and the signing keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.accounts import services as accounts
from cms.core.permissions import Role, system_actor
from tests.access.world import World
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


SCENARIOS: dict[str, Scenario] = {
    "accounts.create_user": create_user,
    "accounts.update_user": on_person(accounts.update_user, {"name": "Lain", "memberships": MEMBERSHIPS}),
    "accounts.suspend_user": on_person(accounts.suspend_user),
    "accounts.reactivate_user": reactivate,
    "accounts.reset_password": on_person(accounts.reset_password, PASSWORD),
    "accounts.end_user_session": end_session,
    "accounts.rotate_signing_keys": lambda _world: lambda: accounts.rotate_signing_keys(system_actor("test")),
}
