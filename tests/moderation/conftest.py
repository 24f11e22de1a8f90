"""People whom the tests of moderation know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.conftest import second_app
from tests.factories import add_city
from tests.people import Caller, People


@pytest.fixture
def server(request: pytest.FixtureRequest, app: Flask, environment: dict[str, str]) -> Iterator[Flask]:
    """A server whose breakers trip as early as `LIMITS` of the module says, with a city."""
    with second_app({**environment, **request.module.LIMITS}) as other:
        add_city(other)
        yield other


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    """An editor of Dinas Pekerjaan Umum, whose account is hijacked in the tests of rollbacks."""
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def colleague(people: People, city: None) -> Caller:
    """An author there."""
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def central(people: People, city: None) -> Caller:
    """A central editor."""
    return people.person(Role.CENTRAL_EDITOR)


@pytest.fixture
def site(people: People, city: None) -> Caller:
    """A website that may read everything."""
    return people.website()
