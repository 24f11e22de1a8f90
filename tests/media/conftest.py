"""People and readers of the media library."""

from __future__ import annotations

import pytest

from cms.core.permissions import Role
from tests.people import Caller, People


@pytest.fixture
def author(city: None, people: People) -> Caller:
    """An author of Dinas Pekerjaan Umum."""
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def editor(city: None, people: People) -> Caller:
    """The editor of Dinas Pekerjaan Umum."""
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def elsewhere(city: None, people: People) -> Caller:
    """The editor of Dinas Perhubungan."""
    return people.person(Role.AGENCY_EDITOR, "dishub")


@pytest.fixture
def central(city: None, people: People) -> Caller:
    """A central editor."""
    return people.person(Role.CENTRAL_EDITOR)


@pytest.fixture
def site(city: None, people: People) -> Caller:
    """A website that may read everything."""
    return people.website()
