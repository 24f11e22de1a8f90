"""`demo`: the demonstration city, into an empty database."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from cms.accounts.models import User
from cms.cli.application import application
from cms.cli.demo_city.agencies import add_office, allow_sites, describe_agency
from cms.cli.demo_city.content import add_document, add_post
from cms.cli.demo_city.cooperation import ask_for_review, carry
from cms.cli.demo_city.people import Cast, add_consumer, add_person
from cms.cli.demo_city.secrets_file import UNFINISHED, DemoSecrets, read_secrets, write_secrets
from cms.cli.failures import told
from cms.cli.init import seed_city, set_up
from cms.cli.migrating import migrate_database
from cms.core.db import rolled_back, session
from cms.core.runtime import runtime
from cms.editorial.items.models import Item

CITY = Path(__file__).parent / "demo_city"
Step = Callable[[], None]


@click.command("demo")
def command() -> None:
    """Migrate, and load the demonstration city when the database is empty.

    Passwords and keys are made once and kept in demo.json of the instance folder.
    """
    with application().app_context(), told():
        migrate_database()
        seed_city()
        set_up()
        loaded = load_city()
    click.echo("Loaded the demonstration city." if loaded else "The database is not empty: nothing was loaded.")


def load_city() -> bool:
    """Load what is missing of the demonstration city; False when the database has other content or is complete."""
    instance = Path(runtime().settings.instance_path)
    unfinished = instance / UNFINISHED
    if not unfinished.exists() and not is_empty():
        return False
    instance.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    _load_people(instance)
    _load_agencies()
    cast, pictures = Cast(), {entry["key"]: entry for entry in _entries("pictures")}
    steps: list[Step] = [partial(add_post, entry, pictures, cast) for entry in _in_order("posts")]
    steps += [partial(add_document, entry, cast) for entry in _in_order("documents")]
    titles = {entry["key"]: entry["title"] for entry in _entries("posts")}
    steps += [partial(carry, entry, titles, cast) for entry in _entries("reposts")]
    steps += [partial(ask_for_review, entry, cast) for entry in _entries("reviews")]
    _run_with_progress("Writing and publishing posts and documents", steps)
    unfinished.unlink()
    return True


def is_empty() -> bool:
    """True when there are no people and no content."""
    with rolled_back():
        return session.scalar(select(User.id).limit(1)) is None and session.scalar(select(Item.id).limit(1)) is None


def _load_people(instance: Path) -> None:
    """People and consumers who are not noted yet; noted after each, so that no password is lost."""
    secrets = read_secrets(instance) or DemoSecrets(runtime().settings.public_url)

    def note(add: Callable[[dict[str, Any], DemoSecrets], None], entry: dict[str, Any]) -> None:
        add(entry, secrets)
        write_secrets(instance, secrets)

    known = {user.email for user in secrets.users}
    people = [entry for entry in _entries("people") if entry["email"] not in known]
    _run_with_progress("Making passwords for people", [partial(note, add_person, entry) for entry in people])
    admin = Cast().admin()
    for entry in _entries("consumers"):
        if entry["demo_key"] not in secrets.keys:
            note(partial(add_consumer, admin), entry)


def _load_agencies() -> None:
    """What the agencies say about themselves, and their offices."""
    allow_sites()
    steps: list[Step] = [partial(describe_agency, entry) for entry in _entries("agencies")]
    steps += [partial(add_office, entry) for entry in _entries("offices")]
    _run_with_progress("Filling in agencies and offices", steps)


def _run_with_progress(label: str, steps: list[Step]) -> None:
    with click.progressbar(steps, label=label, hidden=not steps) as shown:
        for step in shown:
            # The last read of a step would keep a transaction open until the next step writes.
            with rolled_back():
                step()


def _in_order(name: str) -> list[dict[str, Any]]:
    """Entries as they were published; what is still being written comes last."""
    return sorted(_entries(name), key=lambda entry: entry["published_at"] or "9999")


def _entries(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CITY / f"{name}.json").read_text(encoding="utf-8"))
    return found
