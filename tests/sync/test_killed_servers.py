"""Web processes are killed in the middle of pages while people write: every copy ends with exactly what is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.killing import FILTERS, RemoteCopy, differing_in_time, killable_city, run_city, shown_ids


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.usefixtures("database_url")
def test_copies_survive_killed_servers(tmp_path: Path) -> None:
    with killable_city(tmp_path, WEB_WORKERS="2") as (city, main):
        copies = [RemoteCopy(city, filters, 1 + 2 * number) for number, filters in enumerate(FILTERS[:4])]
        written, kills = run_city(city, main, copies=copies, writers=2, seconds=12, pause=2.5)

        assert written > 10
        assert kills >= 2
        assert differing_in_time(copies) == []
        assert copies[0].follower.ids("post") == shown_ids(city, "/v1/posts")
        assert copies[1].follower.ids("post") == shown_ids(city, "/v1/posts?channel=dishub")
