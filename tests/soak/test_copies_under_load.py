"""Sixteen writers, ten copies with pages of any size and filters of every kind, 20,000 changes; web processes, worker and copies are killed.

`SOAK_CHANGES` and `SOAK_SECONDS` make it shorter (the first that is reached ends it); `TEST_DATABASE` chooses the database.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.sync.killing import FILTERS, KilledCopy, differing_in_time, killable_city, run_city

SOAK_CHANGES = int(os.environ.get("SOAK_CHANGES", "20000"))
SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "7200"))
WRITERS = 16


@pytest.mark.timeout(SOAK_SECONDS + 600)
@pytest.mark.usefixtures("database_url")
def test_ten_copies_end_with_what_sixteen_writers_have_published(tmp_path: Path) -> None:
    began = time.monotonic()
    with killable_city(tmp_path, WEB_WORKERS="2") as (city, main):
        copies = [KilledCopy(city, tmp_path, filters) for filters in FILTERS]
        run = run_city(city, main, copies, writers=WRITERS, lines=SOAK_CHANGES, seconds=SOAK_SECONDS, pause=10)
        print(
            f"{run.lines} lines of the log in {time.monotonic() - began:.0f} s, written {run.written}, killed {run.kills}"
        )

        assert differing_in_time(copies) == []
        assert [complaint for copy in copies for complaint in copy.complaints] == []
        assert {copy.beginnings() for copy in copies} == {1}
        print(
            [len(list(city.listed(f"/v1/{name}?limit=100&fields=id"))) for name in ("posts", "documents")], "published"
        )
