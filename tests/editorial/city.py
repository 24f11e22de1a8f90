"""A small city for the tests of content: two agencies, the city's channel, and people with an access token each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.accounts.models import Membership, SignInSession, User
from cms.accounts.tokens import make_access_token
from cms.agencies.models import Agency, Area
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.taxonomy.models import Category, InformationKind
from tests.conftest import NOW

TEXT = "Jalan MT Haryono ditutup mulai pukul 08.00 Wita."


def post(**values: Any) -> dict[str, Any]:
    """What an author of Dinas Pekerjaan Umum writes."""
    return {"agency": "dpu", "kind": "pengumuman", "title": "Penutupan Jalan MT Haryono", "body": TEXT, **values}


def document(**values: Any) -> dict[str, Any]:
    """A document with everything that publishing needs."""
    return {
        "agency": "dpu",
        "title": "Rencana Kerja 2026",
        "summary": "Rencana kerja tahunan.",
        "class": "berkala",
        "holder": "Sekretariat",
        "made_at": "2026-01",
        **values,
    }


def actor(role: Role, *agencies: str | None) -> Actor:
    """A person who holds `role` in these agencies."""
    return Actor(new_id(), role.value, frozenset((role, agency) for agency in agencies or (None,)))


AUTHOR = actor(Role.AUTHOR, "dpu")
EDITOR = actor(Role.AGENCY_EDITOR, "dpu")
STRANGER = actor(Role.AGENCY_EDITOR, "dishub")
CENTRAL = actor(Role.CENTRAL_EDITOR)
AUDITOR = actor(Role.AUDITOR)
ADMIN = actor(Role.ADMIN)
PEOPLE = (AUTHOR, EDITOR, STRANGER, CENTRAL, AUDITOR, ADMIN)


def _rows() -> Iterator[object]:
    at = {"created_at": NOW, "updated_at": NOW}
    for slug, short_name, kind in (
        ("kota", "Balikpapan", "kota"),
        ("dpu", "DPU", "dinas"),
        ("dishub", "Dishub", "dinas"),
    ):
        yield Agency(slug=slug, name=f"Nama {short_name}", short_name=short_name, kind=kind, **at)
    yield Agency(
        slug="bubar", name="Dinas Bubar", short_name="Bubar", kind="dinas", valid_to=NOW.replace(year=2020).date(), **at
    )
    for code, level in (("64", "provinsi"), ("64.71", "kota"), ("64.71.06", "kecamatan")):
        yield Area(code=code, name=code, level=level)
    yield Category(slug="infrastruktur", name_id="Infrastruktur", name_en="Infrastructure", **at)
    yield Category(slug="lama", name_id="Lama", name_en="Old", is_retired=True, **at)
    named = {"name_id": "Profil", "name_en": "Profile", "certainty": "found"}
    yield InformationKind(code="BK-A", information_class="berkala", **named)
    yield InformationKind(code="SS-1", information_class="setiap_saat", **named)
    yield InformationKind(code="XX-1", information_class="dikecualikan", **named)
    yield InformationKind(code="BK-X", information_class="berkala", valid_to=NOW.replace(year=2020).date(), **named)


def _people(people: Iterable[Actor]) -> Iterator[object]:
    for person in people:
        yield User(
            id=person.id,
            email=f"{person.id}@balikpapan.example",
            name=person.label,
            password_hash="none",
            created_at=NOW,
            updated_at=NOW,
            password_changed_at=NOW,
        )


def _roles(people: Iterable[Actor]) -> Iterator[object]:
    for person in people:
        yield SignInSession(id=person.id, user_id=person.id, created_at=NOW, expires_at=NOW.replace(year=2030))
        for role, agency in sorted(person.roles):
            yield Membership(user_id=person.id, role=role.value, agency=agency)


@pytest.fixture
def city(app: Flask) -> None:
    """Agencies, areas, categories and people."""
    with app.app_context():
        for rows in (_rows(), _people(PEOPLE), _roles(PEOPLE)):
            with unit_of_work() as unit:
                unit.add(*rows)


def add_people(app: Flask, *people: Actor) -> None:
    """More people, each signed in."""
    with app.app_context():
        for rows in (_people(people), _roles(people)):
            with unit_of_work() as unit:
                unit.add(*rows)


class Caller:
    """A person at an HTTP client."""

    def __init__(self, app: Flask, client: FlaskClient, person: Actor) -> None:
        with app.app_context():
            token, _ = make_access_token(User(id=person.id, token_version=1), person.id or "", NOW.replace(year=2030))
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(
        self, method: str, path: str, json: Any = None, match: str | None = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """Send a request; `match` is the ETag for If-Match."""
        sent = {**self.headers, **({"If-Match": match} if match else {}), **(headers or {})}
        return self.client.open(f"/manage/v1/{path}", method=method, json=json, headers=sent)


@pytest.fixture
def callers(app: Flask, client: FlaskClient, city: None) -> dict[str, Caller]:
    """One caller for each role, by the name of the person in this module."""
    names = {
        "author": AUTHOR,
        "editor": EDITOR,
        "stranger": STRANGER,
        "central": CENTRAL,
        "auditor": AUDITOR,
        "admin": ADMIN,
    }
    return {name: Caller(app, client, person) for name, person in names.items()}
