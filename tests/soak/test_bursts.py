"""An hour of bursts and silences: no process of the server ends.

`SOAK_SECONDS` makes it shorter or longer; `TEST_DATABASE` chooses the database.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.cli.bursts import burst
from tests.cli.servers import database_settings, get_text, make_key, prepare, running

SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "3600"))
# The shortest that the server allows, so that threads end as often as they can.
IDLE_SECONDS = 5
BURST_SECONDS = 4.0
START_SECONDS = 300


@pytest.mark.timeout(SOAK_SECONDS + START_SECONDS)
def test_no_process_ends_in_an_hour_of_bursts_and_silences(tmp_path: Path) -> None:
    with database_settings(tmp_path) as database:
        settings = {**database, "WEB_THREAD_IDLE_SECONDS": str(IDLE_SECONDS), "WEB_WORKERS": "2"}
        prepare(tmp_path, **settings)
        key = make_key(tmp_path, **settings)
        with running(tmp_path, "serve", "--worker", **settings) as (process, port):
            family = set(psutil.Process(process.pid).children())
            assert len(family) == 3
            statuses, bursts, ends = _soak(port, key, process.pid, family)
            figures = get_text(port, "/metrics")
        print(f"{bursts} bursts in {SOAK_SECONDS:.0f} s, answers {dict(sorted(statuses.items()))}, {ends} exits")
    assert ends == 0
    assert "\nsimpul_web_respawns_total 0.0\n" in figures
    assert "web_process_ended" not in (tmp_path / "log").read_text()
    assert {status for status in statuses if status >= 500} <= {503}


def _soak(port: int, key: str, main: int, family: set[psutil.Process]) -> tuple[Counter[int], int, int]:
    """Answers by status, number of bursts, and how many of the processes have ended."""
    statuses: Counter[int] = Counter()
    until, bursts = time.monotonic() + SOAK_SECONDS, 0
    while time.monotonic() < until:
        statuses += burst(port, key, BURST_SECONDS)
        bursts += 1
        time.sleep(IDLE_SECONDS + 2)
        if bursts % 20 == 0:
            threads = [process.num_threads() for process in family if process.is_running()]
            print(f"{bursts} bursts, {statuses.total()} answers, threads {threads}", flush=True)
    return statuses, bursts, len(family - set(psutil.Process(main).children()))
