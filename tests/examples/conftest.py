"""One city for the examples of a file; all of a process are copies of one that was loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.examples.running_city import PreparedCity, RunningCity, copied_city


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, loaded_city: PreparedCity) -> Iterator[RunningCity]:
    """The demonstration city on a server, for the tests of one file."""
    with copied_city(tmp_path_factory.mktemp("city"), loaded_city) as city:
        yield city
