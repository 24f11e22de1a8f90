"""What tests with other programs share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres_server import running_server

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """The folder of the newest PostgreSQL that Debian installed: `postgres`, `pg_dump`, `pg_restore`, `psql`."""
    return max(DEBIAN_POSTGRES.glob("*/bin/postgres"), key=lambda program: int(program.parts[-3])).parent


@pytest.fixture(scope="session")
def debian_postgres(postgres_programs: Path) -> Iterator[str]:
    """The SQLAlchemy URL of a server of Debian's PostgreSQL; make databases in it with `scratch_database`."""
    with running_server(programs=postgres_programs) as url:
        yield url
