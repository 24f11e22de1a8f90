"""`/v1/sync/checksum`: what a copy should have, so that drift is found without a download."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.editorial.reposts.services import repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.conftest import counted_statements
from tests.factories import CENTRAL, add_published_document, add_published_post, seen
from tests.people import Caller, People
from tests.sync.follower import Follower
from tests.sync.steps import edit, take_back

pytestmark = pytest.mark.usefixtures("city")
HOUR = timedelta(hours=1)


def checksum(site: Caller, follower: Follower) -> tuple[dict[str, tuple[int, str]], bool]:
    """By type count and hash, and whether the copy has everything."""
    position = (follower.at or "").partition("position=")[2].partition("&")[0]
    answer = site.get(f"/v1/sync/checksum?position={position}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["data"]
    return {row["type"]: (row["count"], row["hash"]) for row in rows if row["count"]}, answer.json["meta"]["complete"]


def followed(site: Caller, query: str = "") -> Follower:
    follower = Follower("", f"/v1/sync?limit=3{query}")
    follower.catch_up(lambda address, _key: site.get(address))
    return follower


@pytest.mark.parametrize(
    "query",
    ["", "&channel=dishub", "&agency=dpu&type=post", "&type=agency,area,post,category", "&kind=agenda", "&fields=id"],
)
def test_it_is_that_of_a_copy_with_the_same_filters(app: Flask, site: Caller, query: str) -> None:
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(4)]
    add_published_document(app)
    with app.app_context():
        repost_item(POST, CENTRAL, items[1].id, "dishub", comment="Bacalah.")
    follower = followed(site, query)
    assert checksum(site, follower) == (follower.hashes(), True)

    take_back(app, items[0], Standing.GONE, "Batal.")
    edit(app, items[2], title="Lain")
    assert checksum(site, follower)[1] is (query == "&channel=dishub")
    follower.catch_up(lambda address, _key: site.get(address))
    assert checksum(site, follower) == (follower.hashes(), True)
    if follower.digests:
        follower.digests.popitem()
        assert checksum(site, follower)[0] != follower.hashes()


def test_scheduled_moments_count_in_it(app: Flask, site: Caller, moment: Callable[[timedelta], None]) -> None:
    ends, stays = (add_published_post(app, title=title) for title in ("Satu", "Dua"))
    follower = followed(site)
    with app.app_context():
        schedule_item(POST, CENTRAL, ends.id, seen(ends), Schedule(None, clock.now() + HOUR, "Asia/Makassar"))
    assert checksum(site, follower) == (follower.hashes(), True)
    moment(HOUR)
    follower.catch_up(lambda address, _key: site.get(address))
    assert follower.ids("post") == {stays.id}
    assert checksum(site, follower) == (follower.hashes(), True)


def test_it_is_kept_while_nothing_has_changed_for_every_key_that_sees_the_same(
    app: Flask, people: People, site: Caller
) -> None:
    add_published_post(app)
    follower, other = followed(site), people.website()
    checksum(site, follower)
    with counted_statements(app) as counted:
        assert checksum(other, follower) == checksum(site, follower)
    assert not [sql for sql in counted if "published_items" in sql]
    add_published_post(app, title="Baru")
    with counted_statements(app) as counted:
        checksum(site, follower)
    assert len([sql for sql in counted if "published_items" in sql]) == 1


def test_one_is_computed_at_a_time(app: Flask) -> None:
    shared = app.extensions["simpul_delivery"].shared
    begun, may_end, computed = threading.Event(), threading.Event(), []

    def compute() -> str:
        computed.append(threading.get_ident())
        begun.set()
        may_end.wait(10)
        return "result"

    first = threading.Thread(target=lambda: shared.get(b"key", compute))
    first.start()
    begun.wait(10)
    second = threading.Thread(target=lambda: shared.get(b"key", compute))
    second.start()
    may_end.set()
    first.join(10)
    second.join(10)
    assert len(computed) == 1
    assert shared.get(b"key", compute) == "result"


def test_a_position_that_expired_has_none(app: Flask, people: People, site: Caller) -> None:
    add_published_post(app)
    follower = followed(site)
    narrow = people.website(agencies=["dpu"])
    position = (follower.at or "").partition("position=")[2].partition("&")[0]
    answer = narrow.get(f"/v1/sync/checksum?position={position}")
    assert (answer.status_code, answer.json["code"]) == (410, "position_expired")
    assert site.get("/v1/sync/checksum").status_code == 400
