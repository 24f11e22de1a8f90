"""One city for the examples of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.examples.running_city import RunningCity, running_city


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[RunningCity]:
    """The demonstration city on a server; `database_url` starts PostgreSQL where it is under test."""
    with running_city(tmp_path_factory.mktemp("city")) as city:
        yield city
