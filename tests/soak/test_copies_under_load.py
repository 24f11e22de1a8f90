"""Sixteen writers, ten copies with pages of any size and filters of every kind, and web processes that are killed: for many minutes.

`SOAK_SECONDS` makes it shorter or longer (an hour); `TEST_DATABASE` chooses the database.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.sync.killing import FILTERS, RemoteCopy, differing_in_time, killable_city, run_city, shown_ids

SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "3600"))
WRITERS = 16


@pytest.mark.timeout(SOAK_SECONDS + 600)
@pytest.mark.usefixtures("database_url")
def test_ten_copies_end_with_what_sixteen_writers_have_published(tmp_path: Path) -> None:
    dice = random.Random(11)
    with killable_city(tmp_path, WEB_WORKERS="2") as (city, main):
        copies = [RemoteCopy(city, filters, dice.choice([1, 2, 5, 17, 100, 500])) for filters in FILTERS]
        written, kills = run_city(city, main, copies=copies, writers=WRITERS, seconds=SOAK_SECONDS, pause=10)
        print(f"{written} changes, {kills} kills, {[copy.broken for copy in copies]} broken answers")

        assert differing_in_time(copies) == []
        assert copies[0].follower.ids("post") == shown_ids(city, "/v1/posts")
        assert copies[0].follower.ids("document") == shown_ids(city, "/v1/documents")
        assert {copy.follower.beginnings for copy in copies} == {1}
