"""The first start takes as long as it takes: no transaction stays open while something else is done.

PostgreSQL ends a connection whose transaction has waited for 30 s. The first start failed where the demonstration takes longer,
since the process that waits for it had read something before.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from tests.cli.servers import database_settings, free_port, get, started

# Hashing a password lies between two statements of one step; what waited for the whole demonstration waited most of the time.
LARGEST_SHARE = 0.3
IDLE = (
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - state_change)), 0), count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
)
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.mark.only_on("postgresql", reason="SQLite ends no transaction that waits, and shows none")
def test_no_transaction_waits_while_the_first_start_prepares_the_database(tmp_path: Path) -> None:
    log = tmp_path / "log"
    port = free_port()
    with (
        database_settings(tmp_path) as settings,
        started(tmp_path, log, "run", "--port", str(port), **settings) as process,
    ):
        url = settings["DATABASE_URL"].replace("postgresql+psycopg", "postgresql")
        longest, whole = longest_wait(url, process, port)
        assert longest <= LARGEST_SHARE * whole, (longest, whole, log.read_text()[-2000:])


def longest_wait(url: str, process: subprocess.Popen[bytes], port: int) -> tuple[float, float]:
    """The longest time that a transaction of the commands was seen doing nothing, and how long the start took; somebody must have been there."""
    longest, seen, began = 0.0, 0, time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        while not answers(port):
            assert process.poll() is None
            longest = max(longest, float(connection.execute(IDLE).fetchone()[0]))  # type: ignore[index]
            seen = max(seen, int(connection.execute(OTHERS).fetchone()[0]))  # type: ignore[index]
            time.sleep(0.05)
    assert seen > 0
    return longest, time.monotonic() - began


def answers(port: int) -> bool:
    """True once the server is there, after the demonstration."""
    try:
        get(port, "/healthz")
    except OSError:
        return False
    return True
