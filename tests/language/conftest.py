"""People whom the tests of the language of search know."""

from __future__ import annotations

import pytest

from cms.core.permissions import Role
from tests.people import Caller, People


@pytest.fixture
def central(people: People, city: None) -> Caller:
    """A central editor."""
    return people.person(Role.CENTRAL_EDITOR)
