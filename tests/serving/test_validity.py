"""A kept answer or a tag never outlives what it depends on: who was merged into whom, the key, the day, a scheduled moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.core import clock
from cms.core.db import session
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.editorial.items.services import update_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from tests.conftest import NOW
from tests.delivery.carrying import carry
from tests.factories import CENTRAL, UPDATED, add_agencies, add_city, add_published_post, seen
from tests.people import Caller, People

ADMIN = Actor(new_id(), "Admin", frozenset({(Role.ADMIN, None)}))
# The city lies in Asia/Makassar (UTC+8): the day after the last one begins there.
LAST_DAY, MIDNIGHT = date(2026, 12, 10), datetime(2026, 12, 10, 16, 0, tzinfo=UTC)
Moment = Callable[[timedelta], None]


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website whose key shows everything."""
    add_city(app)
    add_agencies(app, "dinas-lama", "dinas-baru")
    return people.website()


@pytest.fixture
def limited(site: Caller, people: People) -> Caller:
    """A website whose key shows one agency."""
    return people.website(agencies=["dinas-baru"])


def change_agency(app: Flask, slug: str, **values: Any) -> None:
    with app.app_context():
        version = session.get_one(Agency, slug).version
        update_agency(ADMIN, slug, frozenset({version}), values)


def merge(app: Flask, last_day: date = date(2026, 1, 1)) -> None:
    change_agency(app, "dinas-lama", valid_to=last_day, successor="dinas-baru")


def twice(caller: Caller, path: str, tag: str | None = None) -> list[Any]:
    """The answer as it is given from memory if there is one, and again."""
    return [caller.get(path, headers={"If-None-Match": tag} if tag else {}) for _ in range(2)]


def test_an_undone_merger_takes_away_what_it_had_shown(app: Flask, limited: Caller) -> None:
    post = add_published_post(app, title="Lama", agency="dinas-lama")
    path = f"/v1/posts/{post.id}"
    assert limited.get(path).status_code == 404
    merge(app)
    opened = twice(limited, path)
    assert [answer.status_code for answer in opened] == [200, 200]
    tag = opened[0].headers["ETag"]
    assert limited.get(path, headers={"If-None-Match": tag}).status_code == 304

    change_agency(app, "dinas-lama", valid_to=None, successor=None)

    for known in (None, tag):
        assert [answer.status_code for answer in twice(limited, path, known)] == [404, 404]


def test_what_is_carried_no_longer_is_not_told_from_memory(app: Flask, limited: Caller) -> None:
    post = add_published_post(app, title="Dibawa", agency="dishub")
    carry(app, post, "dinas-lama")
    merge(app)
    path = f"/v1/posts/{post.id}"
    assert [answer.status_code for answer in twice(limited, path)] == [200, 200]

    change_agency(app, "dinas-lama", successor=None)

    assert [answer.status_code for answer in twice(limited, path)] == [404, 404]


def test_mergers_leave_the_tags_of_what_a_key_names_itself(app: Flask, limited: Caller) -> None:
    post = add_published_post(app, agency="dinas-baru")
    path = f"/v1/posts/{post.id}"
    for chosen in (path, f"{path}?fields=id,title"):
        tag = limited.get(chosen).headers["ETag"]
        merge(app)
        assert limited.get(chosen, headers={"If-None-Match": tag}).status_code == 304
        change_agency(app, "dinas-lama", successor=None)


def test_a_merger_that_is_entered_ahead_counts_from_its_day_on_without_a_worker(
    app: Flask, site: Caller, limited: Caller, moment: Moment
) -> None:
    post = add_published_post(app, title="Lama", agency="dinas-lama")
    merge(app, LAST_DAY)
    detail = f"/v1/posts/{post.id}"
    resolve = f"/v1/resolve?type=post&agency=dinas-baru&slug={post.slug}"
    lists = ["/v1/posts?channel=dinas-baru", "/v1/posts?agency=dinas-baru"]

    def assert_separate() -> None:
        for _kept in (False, True):
            assert all(caller.get(path).json["data"] == [] for caller in (site, limited) for path in lists)
            assert limited.get("/v1/posts").json["data"] == []
            assert limited.get(detail).status_code == 404
            assert limited.get(f"/v1/items?ids={post.id}").json["data"] == []
            assert site.get(resolve).status_code == 404
            assert site.get("/v1/agencies/dinas-lama").json["data"]["successor"] is None
            included = site.get(f"{detail}?include=agency").json["data"]["agency"]
            assert (included["successor"], included["valid_to"]) == (None, "2026-12-10")

    def assert_merged() -> None:
        for _kept in (False, True):
            for path in lists:
                assert [row["id"] for row in site.get(path).json["data"]] == [post.id]
                assert [row["id"] for row in limited.get(path).json["data"]] == [post.id]
            assert [row["id"] for row in limited.get("/v1/posts").json["data"]] == [post.id]
            assert limited.get(detail).status_code == 200
            assert [row["id"] for row in limited.get(f"/v1/items?ids={post.id}").json["data"]] == [post.id]
            assert site.get(resolve).json["data"]["status"] == "live"
            assert site.get("/v1/agencies/dinas-lama").json["data"]["successor"] == "dinas-baru"
            assert site.get(f"{detail}?include=agency").json["data"]["agency"]["successor"] == "dinas-baru"

    assert_separate()
    moment(MIDNIGHT - NOW - timedelta(microseconds=1))
    assert_separate()
    before = {path: site.get(path).headers["ETag"] for path in lists}
    moment(timedelta(microseconds=1))
    for path, tag in before.items():
        assert site.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert_merged()
    moment(timedelta(days=3))
    assert_merged()


@pytest.mark.parametrize("seconds", [2, 40, 400])
def test_no_cache_may_keep_an_answer_beyond_the_day_of_a_merger(
    app: Flask, site: Caller, limited: Caller, moment: Moment, seconds: int
) -> None:
    post = add_published_post(app, agency="dinas-lama")
    carry(app, add_published_post(app, agency="dishub"), "dinas-baru")
    merge(app, LAST_DAY)
    moment(MIDNIGHT - NOW - timedelta(seconds=seconds))

    paths = (
        "/v1/posts?agency=dinas-baru",
        f"/v1/posts/{post.id}?include=agency",
        "/v1/agencies",
        "/v1/agencies?active=true",
    )
    for caller, path in [*((site, path) for path in paths), (limited, "/v1/posts")]:
        for answer in twice(caller, path):
            header = answer.headers["Cache-Control"]
            fresh, stale, error = (int(found) for found in re.findall(r"=(\d+)", header))
            assert fresh + max(stale, error) <= seconds, (path, header)


def test_the_agencies_of_today_change_at_the_midnight_of_the_city(app: Flask, site: Caller, moment: Moment) -> None:
    change_agency(app, "dinas-lama", valid_to=LAST_DAY)
    change_agency(app, "dinas-baru", valid_from=date(2026, 12, 11))
    moment(MIDNIGHT - NOW - timedelta(microseconds=1))
    before = twice(site, "/v1/agencies?active=true")[0]
    moment(timedelta(microseconds=1))

    after = twice(site, "/v1/agencies?active=true", before.headers["ETag"])
    for answer, expected in ((before, "dinas-lama"), *((one, "dinas-baru") for one in after)):
        assert answer.status_code == 200
        slugs = {row["slug"] for row in answer.json["data"]}
        assert slugs & {"dinas-lama", "dinas-baru"} == {expected}


def test_days_at_the_ends_of_the_calendar_are_no_fault(app: Flask, site: Caller) -> None:
    change_agency(app, "dinas-lama", valid_from=date.min, valid_to=date.max, successor="dinas-baru")
    change_agency(app, "dinas-baru", valid_from=date.max)

    assert site.get("/v1/agencies/dinas-lama").json["data"]["successor"] is None
    assert "dinas-lama" in {row["slug"] for row in site.get("/v1/agencies?active=true").json["data"]}


def test_what_is_told_about_one_key_is_never_taken_for_that_of_another(
    app: Flask, site: Caller, people: People
) -> None:
    other = people.website()
    tag = site.get("/v1/whoami").headers["ETag"]

    answer = other.get("/v1/whoami", headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag


def test_a_scheduled_edition_with_an_older_number_has_a_tag_of_its_own(
    app: Flask, site: Caller, moment: Moment
) -> None:
    """The schedule is written before the agency is changed, and comes about after it."""
    item = add_published_post(app, title="Lama")
    path = f"/v1/posts/{item.id}?include=agency"
    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, {"title": "Baru"}, seen(item)).item
        schedule_item(
            POST,
            CENTRAL,
            item.id,
            seen(changed),
            Schedule(clock.now() + timedelta(hours=1), None, "Asia/Makassar", update=UPDATED),
        )
    change_agency(app, "dpu", description="Jalan dan jembatan.")
    before = twice(site, path)[0]
    assert before.json["data"]["title"] == "Lama"

    moment(timedelta(hours=1))

    for answer in twice(site, path, before.headers["ETag"]):
        assert (answer.status_code, answer.json["data"]["title"]) == (200, "Baru")
