"""The first start takes as long as it takes: no transaction stays open while something else is done.

PostgreSQL ends a connection whose transaction has waited for 30 s. The first start failed where the demonstration takes longer,
since the process that waits for it had read something before.
"""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest

from tests.cli.servers import database_settings, free_port, started

WATCHED_SECONDS = 20.0
# Hashing a password on a busy machine lies between two statements of one step.
LONGEST_SECONDS = 2.0
IDLE = (
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - state_change)), 0), count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
)
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.mark.only_on("postgresql", reason="SQLite ends no transaction that waits, and shows none")
def test_no_transaction_waits_while_the_first_start_prepares_the_database(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with database_settings(tmp_path) as settings, started(tmp_path, log, "run", "--port", str(free_port()), **settings):
        url = settings["DATABASE_URL"].replace("postgresql+psycopg", "postgresql")
        assert longest_wait(url) <= LONGEST_SECONDS, log.read_text()[-2000:]


def longest_wait(url: str) -> float:
    """The longest time that a transaction of the commands was seen doing nothing; somebody must have been there."""
    longest, seen = 0.0, 0
    end = time.monotonic() + WATCHED_SECONDS
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < end:
            longest = max(longest, float(connection.execute(IDLE).fetchone()[0]))  # type: ignore[index]
            seen = max(seen, int(connection.execute(OTHERS).fetchone()[0]))  # type: ignore[index]
            time.sleep(0.05)
    assert seen > 0
    return longest
