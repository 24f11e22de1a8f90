"""People and consumers of the demonstration city, with the passwords and keys that are made for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cms.accounts.models import User
from cms.accounts.passwords import generate_password
from cms.accounts.services.people import create_user
from cms.cli.demo_city.secrets_file import DemoSecrets, DemoUser
from cms.consumers.services import create_key, register_consumer
from cms.core.db import rolled_back, session
from cms.core.permissions import Actor, Role, system_actor


def add_person(entry: dict[str, Any], secrets: DemoSecrets) -> None:
    """Add a person with a fresh password, and note it."""
    password = generate_password()
    memberships = [(Role(held["role"]), held["agency"]) for held in entry["memberships"]]
    create_user(
        system_actor("demonstration city"),
        email=entry["email"],
        name=entry["name"],
        password=password,
        memberships=memberships,
        # These passwords are written to a file for all who try the demonstration.
        password_change_needed=False,
    )
    secrets.users += [DemoUser(entry["email"], password, role.value, agency) for role, agency in memberships]


def add_consumer(actor: Actor, entry: dict[str, Any], secrets: DemoSecrets) -> None:
    """Register a consumer with a fresh key, and note it under the name that scripts look for."""
    values = {
        "name": entry["name"],
        "kind": entry["kind"],
        "agency": entry["agency"],
        "contact": {"name": entry["contact_name"], "email": entry["contact_email"]},
        "origins": entry["origins"],
    }
    consumer = register_consumer(actor, values)
    secrets.keys[entry["demo_key"]] = create_key(actor, consumer.id, label="demonstration").text


class Cast:
    """Who plays which part: the actors of the stored people."""

    def __init__(self) -> None:
        self._actors = _stored_actors()

    def admin(self) -> Actor:
        """The administrator."""
        return self._holder(Role.ADMIN, None)

    def author(self, agency: str) -> Actor:
        """An author of the agency, else a central editor."""
        return self._holder(Role.AUTHOR, agency)

    def publisher(self, agency: str, channel: str, city_channel: str) -> Actor:
        """Who publishes this: the agency's editor on its own channel, a central editor everywhere else."""
        return self._holder(Role.AGENCY_EDITOR, None if channel == city_channel else agency)

    def _holder(self, role: Role, agency: str | None) -> Actor:
        holders = [actor for actor in self._actors.values() if (role, agency) in actor.roles]
        return holders[0] if holders else self._holder(Role.CENTRAL_EDITOR, None)


def _stored_actors() -> dict[str, Actor]:
    with rolled_back():
        users = session.scalars(select(User).options(selectinload(User.memberships)).order_by(User.id)).all()
        return {
            user.email: Actor(
                user.id, user.name, frozenset((Role(held.role), held.agency) for held in user.memberships)
            )
            for user in users
        }
