"""Web processes, worker and copies are killed in the middle of pages while people write: every copy ends with exactly what is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.killing import FILTERS, KilledCopy, differing_in_time, killable_city, run_city


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("database_url")
def test_copies_survive_killed_servers(tmp_path: Path) -> None:
    with killable_city(tmp_path, WEB_WORKERS="2") as (city, main):
        copies = [KilledCopy(city, tmp_path, filters) for filters in FILTERS[:4]]
        run = run_city(city, main, copies, writers=2, lines=500, seconds=20, pause=4)

        assert run.lines > 20
        assert min(run.kills["web"], run.kills["copy"]) >= 1
        assert differing_in_time(copies) == []
        assert [complaint for copy in copies for complaint in copy.complaints] == []
        assert {copy.beginnings() for copy in copies} == {1}
