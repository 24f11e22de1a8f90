"""What the tests of copies share."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import (
    add_agencies,
)
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    add_agencies(app, "dishub")
    return people.website()
