"""`/v1/sync`: pages in the order of the log, what was taken back, and positions that end when they mean something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.changes.followers import follow_log
from cms.changes.services import renew_epoch
from cms.core import clock
from cms.core.db import session
from cms.core.permissions import system_actor
from cms.editorial.followers import rebuild_changed
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.editorial.schedules.plans import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.withdrawal.services import unpublish_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from cms.publishing.tasks import carry_out_due_plans
from tests.conftest import counted_statements
from tests.delivery.test_due_reading import end_of_tries, nobody_else_writes
from tests.factories import (
    CENTRAL,
    NEWS,
    UPDATED,
    add_agencies,
    add_consumer,
    add_key,
    add_post,
    add_published_document,
    add_published_post,
    seen,
)
from tests.people import Caller, People
from tests.stateful.kept_machine import ADMIN
from tests.sync.follower import Follower

HOUR = timedelta(hours=1)
Line = dict[str, Any]
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    add_agencies(app, "dishub")
    return people.website()


def page(site: Caller, address: str = "/v1/sync", **headers: str) -> Any:
    answer = site.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def whole(site: Caller, address: str = "/v1/sync") -> tuple[list[Line], str]:
    """All lines from an address on, and where to go on."""
    lines: list[Line] = []
    while True:
        found = page(site, address)
        lines += found["data"]
        address = found["links"]["next"]
        if found["meta"]["complete"]:
            return lines, address


def edit(app: Flask, item: Item, **values: Any) -> Item:
    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, values, seen(item)).item
        return publish_item(POST, CENTRAL, item.id, seen(changed), **NEWS).item


def take_back(
    app: Flask, item: Item, standing: Standing, explanation: str | None = None, to: str | None = None
) -> None:
    with app.app_context():
        unpublish_item(POST, CENTRAL, item.id, seen(item), standing=standing, explanation=explanation, to=to)


def test_a_first_copy_has_everything_once_in_the_order_of_the_log(app: Flask, site: Caller) -> None:
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(5)]
    document = add_published_document(app)
    changed = edit(app, items[1], title="Lebih baru")
    add_post(app, title="Konsep")

    lines, _next = whole(site, "/v1/sync?limit=2")

    assert [line["id"] for line in lines] == [
        items[0].id,
        items[2].id,
        items[3].id,
        items[4].id,
        document.id,
        changed.id,
    ]
    assert [line["sequence"] for line in lines] == sorted({line["sequence"] for line in lines})
    assert {line["op"] for line in lines} == {"upsert"}
    assert lines[-1]["item"] == site.get(f"/v1/posts/{changed.id}").json["data"]
    assert lines[-2]["item"] == site.get(f"/v1/documents/{document.id}").json["data"]


def test_news_are_what_changed_since_each_item_in_its_last_state(app: Flask, site: Caller) -> None:
    first, second = (add_published_post(app, title=title) for title in ("Satu", "Dua"))
    _lines, address = whole(site)
    assert page(site, address)["data"] == []

    for title in ("Dua b", "Dua c"):
        second = edit(app, second, title=title)
    ((line,), following) = whole(site, address)

    assert (line["op"], line["id"], line["item"]["title"]) == ("upsert", second.id, "Dua c")
    assert following != address
    assert first.id not in {line["id"] for line in page(site, following)["data"]}


@pytest.mark.parametrize(
    ("standing", "told", "expected"),
    [
        (Standing.GONE, "Acara batal.", ("gone", "Acara batal.")),
        (Standing.REDIRECTED, "Lihat yang baru.", ("redirected", "Lihat yang baru.")),
        (Standing.VANISHED, None, (None, None)),
    ],
)
def test_what_was_taken_back_says_how(
    app: Flask, site: Caller, standing: Standing, told: str | None, expected: tuple[str | None, str | None]
) -> None:
    item, other = add_published_post(app, title="Lama"), add_published_post(app, title="Lain")
    item = edit(app, item, slug="nama-baru")
    _lines, address = whole(site)
    take_back(app, item, standing, told, other.id if standing == Standing.REDIRECTED else None)

    ((line,), _next) = whole(site, address)

    assert (line["op"], line["id"], line["agency"]) == ("delete", item.id, "dpu")
    assert (line["reason"], line["explanation"]) == expected
    assert "nama-baru" in line["slugs"]
    is_redirected = standing == Standing.REDIRECTED
    assert line["to"] == (site.get(f"/v1/posts/{other.id}").json["data"]["canonical_url"] if is_redirected else None)
    # Nobody else hears of it: not a new copy, and not this one again.
    assert [each["id"] for each in whole(site)[0]] == [other.id]
    assert page(site, _next)["data"] == []


def test_a_withdrawn_item_stays_with_its_notice(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    _lines, address = whole(site)
    take_back(app, item, Standing.WITHDRAWN, "Keliru.")

    ((line,), _next) = whole(site, address)
    assert (line["op"], line["item"]["withdrawn"]["explanation"]) == ("upsert", "Keliru.")


def test_what_leaves_a_filter_is_told_to_those_alone_who_had_it(app: Flask, site: Caller) -> None:
    item, other = add_published_post(app, kind="berita"), add_published_post(app, kind="artikel", title="Lain")
    news, articles, all_of_it = (whole(site, f"/v1/sync{query}")[1] for query in ("?kind=berita", "?kind=artikel", ""))
    edit(app, item, kind="pengumuman")
    edit(app, other, title="Lain lagi")

    assert [(line["op"], line["id"]) for line in whole(site, news)[0]] == [("leave", item.id)]
    assert [(line["op"], line["id"]) for line in whole(site, articles)[0]] == [("upsert", other.id)]
    assert [line["op"] for line in whole(site, all_of_it)[0]] == ["upsert", "upsert"]


def test_what_left_and_came_to_nothing_in_between_does_not_survive(app: Flask, site: Caller) -> None:
    """Two changes after the last page, the first of which takes it out of the filter; and a page in between that does not reach it."""
    item = add_published_post(app, kind="berita")
    others = [add_published_post(app, kind="berita", title=f"Kabar {number}") for number in range(3)]
    _lines, address = whole(site, "/v1/sync?kind=berita&limit=1")
    others[0] = edit(app, others[0], title="Dahulu")
    item = edit(app, item, kind="artikel")
    edit(app, others[1], title="Kemudian")
    first = page(site, address)
    assert [line["id"] for line in first["data"]] == [others[0].id]
    edit(app, item, title="Tetap artikel")

    lines, _next = whole(site, first["links"]["next"])
    assert ("leave", item.id) in [(line["op"], line["id"]) for line in lines]


def test_a_key_of_some_agencies_hears_of_nothing_else(app: Flask, people: People, site: Caller) -> None:
    """Neither of others' items, nor of their ends; and of drafts nobody does."""
    mine, theirs = add_published_post(app), add_published_post(app, agency="dishub", title="Lain")
    limited = people.website(agencies=["dpu"])
    lines, address = whole(limited)
    assert [line["id"] for line in lines] == [mine.id]

    take_back(app, edit(app, theirs, title="Lain lagi"), Standing.GONE, "Batal.")
    add_post(app, title="Konsep")
    assert page(limited, address)["data"] == []


def test_a_repost_is_on_the_channel_that_carries_it_until_it_ends(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    _lines, carried = whole(site, "/v1/sync?channel=dishub")
    _lines, own = whole(site, "/v1/sync?agency=dpu")
    with app.app_context():
        repost_item(POST, CENTRAL, item.id, "dishub", comment="Bacalah.")
    ((line,), carried), ((of_owner,), own) = whole(site, carried), whole(site, own)
    assert (line["item"]["relation"], line["item"]["repost"]["comment"]) == ("repost", "Bacalah.")
    assert (of_owner["item"]["relation"], of_owner["item"]["reposted_by"]) == ("own", ["dishub"])
    assert line["digest"] != of_owner["digest"]

    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")
    assert [(line["op"], line["id"]) for line in whole(site, carried)[0]] == [("leave", item.id)]
    assert [line["op"] for line in whole(site, own)[0]] == ["upsert"]


def test_digests_move_with_what_is_delivered_and_not_with_the_fields(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    ((narrow,), _next), ((full,), address) = whole(site, "/v1/sync?fields=id,title"), whole(site)
    assert narrow["item"] == {"id": item.id, "title": full["item"]["title"]}
    assert narrow["digest"] == full["digest"]
    with app.app_context():
        # What readers do not see yet moves nothing.
        ends = Schedule(None, clock.now() + HOUR, "Asia/Makassar")
        schedule_item(POST, CENTRAL, item.id, seen(item), ends)
    assert page(site, address)["data"] == []
    assert whole(site)[0][0]["digest"] == full["digest"]


@pytest.mark.parametrize("way", ["begins", "ends", "goes on"])
def test_a_planned_moment_counts_on_the_second_though_nobody_can_write(
    app: Flask, site: Caller, moment: Callable[[timedelta], None], way: str
) -> None:
    item = add_post(app, title="Baru") if way == "begins" else add_published_post(app, title="Lama")
    if way == "goes on":
        with app.app_context():
            item = update_item(POST, CENTRAL, item.id, {"title": "Baru"}, seen(item)).item
    span = (None, clock.now() + HOUR) if way == "ends" else (clock.now() + HOUR, None)
    with app.app_context():
        planned = Schedule(*span, "Asia/Makassar", update=UPDATED)
        schedule_item(POST, CENTRAL, item.id, seen(item), planned)
    _lines, address = whole(site, "/v1/sync?limit=1")
    moment(HOUR)

    with nobody_else_writes(app):
        early = page(site, address)
        end_of_tries()
    with app.app_context():
        carry_out_due_plans()
    late = page(site, early["links"]["next"])

    for found in (early, late):
        ((line,)) = found["data"]
        assert (line["op"], line["id"]) == ("delete" if way == "ends" else "upsert", item.id)
        assert way == "ends" or line["item"]["title"] == "Baru"
    assert "due_since" in early["meta"]
    assert "due_since" not in late["meta"]


def test_many_late_plans_come_page_by_page(app: Flask, site: Caller, moment: Callable[[timedelta], None]) -> None:
    items = [add_post(app, title=f"Kabar {number}") for number in range(5)]
    for number, item in enumerate(items):
        with app.app_context():
            begins = clock.now() + HOUR + timedelta(seconds=number)
            schedule_item(POST, CENTRAL, item.id, seen(item), Schedule(begins, None, "Asia/Makassar"))
    _lines, address = whole(site, "/v1/sync?limit=2")
    moment(2 * HOUR)
    with nobody_else_writes(app):
        first = page(site, address)
        rest, following = whole(site, first["links"]["next"])
        end_of_tries()
    assert [len(first["data"]), *map(len, [rest])] == [2, 3]
    assert [line["id"] for line in [*first["data"], *rest]] == [item.id for item in items]
    assert len(whole(site, following)[0]) == 5, "with their lines they come again"


def test_another_key_of_the_same_scope_goes_on_and_a_narrower_one_begins_anew(
    app: Flask, people: People, site: Caller
) -> None:
    item = add_published_post(app)
    _lines, address = whole(site, "/v1/sync?agency=dpu&type=post&limit=7")
    consumer = add_consumer(app, name="Situs kedua")
    same, narrower = (Caller(app.test_client(), add_key(app, consumer, agencies=of)[1]) for of in (None, ("dpu",)))
    edit(app, item, title="Baru")

    assert [line["id"] for line in page(same, address)["data"]] == [item.id]
    refused = narrower.get(address)
    assert (refused.status_code, refused.json["code"]) == (410, "position_expired")
    assert refused.json["snapshot"] == "http://localhost/v1/sync?type=post&agency=dpu&limit=7"
    assert [line["id"] for line in whole(narrower, refused.json["snapshot"])[0]] == [item.id]


def test_a_restored_database_ends_every_position(app: Flask, site: Caller) -> None:
    add_published_post(app)
    _lines, address = whole(site)
    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    refused = site.get(address)
    assert (refused.status_code, refused.json["snapshot"]) == (
        410,
        "http://localhost/v1/sync?type=post,document&limit=100",
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("position=abc", "invalid_position"),
        ("position=" + "A" * 200, "invalid_position"),
        ("limit=0", "invalid_parameter"),
        ("limit=501", "invalid_parameter"),
        ("max_bytes=1", "invalid_parameter"),
        ("type=user", "invalid_parameter"),
        ("kind=roman", "invalid_parameter"),
        ("fields=sandi", "invalid_parameter"),
        ("relation=own", "invalid_parameter"),
        ("colour=red", "invalid_parameter"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Caller, query: str, code: str) -> None:
    answer = site.get(f"/v1/sync?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_a_position_has_its_filters_and_takes_no_others(app: Flask, site: Caller) -> None:
    _lines, address = whole(site, "/v1/sync?agency=dpu")
    answer = site.get(f"{address}&agency=dishub&type=post")
    assert [error["parameter"] for error in answer.json["errors"]] == ["agency", "type"]
    altered = address.replace("position=", "position=AAAA")
    assert site.get(altered).json["code"] == "invalid_position"


def test_a_page_ends_before_it_is_too_large_and_has_at_least_one_line(app: Flask, site: Caller) -> None:
    items = [add_published_post(app, title=f"Kabar {number}", body="Jalan ditutup. " * 800) for number in range(4)]
    found, address = [], "/v1/sync?max_bytes=10000"
    for _ in items:
        answer = page(site, address)
        found += [line["id"] for line in answer["data"]]
        assert len(answer["data"]) == 1
        address = answer["links"]["next"]
    assert found == [item.id for item in items]
    assert "max_bytes=10000" in address


def test_a_poll_without_news_is_a_304_made_of_one_statement(app: Flask, site: Caller) -> None:
    add_published_post(app)
    _lines, address = whole(site)
    tag = site.get(address).headers["ETag"]
    with counted_statements(app) as counted:
        again = site.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, len(counted)) == (304, 1)
    # Where others publish, the copy of one agency still has no news.
    _lines, narrow = whole(site, "/v1/sync?agency=dpu")
    tag = site.get(narrow).headers["ETag"]
    add_published_post(app, agency="dishub", title="Lain")
    assert site.get(narrow, headers={"If-None-Match": tag}).status_code == 304
    assert site.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_reference_data_come_when_they_are_asked_for(app: Flask, people: People, site: Caller) -> None:
    add_published_post(app)
    follower = Follower("", "/v1/sync?type=agency,area,category,information_kind,post&limit=3")
    follower.catch_up(lambda address, _key: site.get(address))
    listed = site.get("/v1/agencies?limit=100").json["data"]
    assert {row["slug"]: row for row in listed} == {
        key: item for (kind, key), item in follower.items.items() if kind == "agency"
    }
    with app.app_context():
        update_agency(ADMIN, "dpu", frozenset({session.get_one(Agency, "dpu").version}), {"name": "Dinas Lain"})
    follower.told.clear()
    follower.catch_up(lambda address, _key: site.get(address))
    assert [(line["type"], line["id"], line["item"]["name"]) for line in follower.told] == [
        ("agency", "dpu", "Dinas Lain")
    ]


def test_an_edition_comes_though_the_next_planned_one_was_rendered_again_after_it(
    app: Flask, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    """What readers do not see yet has lines too, and hides nothing."""
    item = add_published_post(app)
    with app.app_context():
        item = update_item(POST, CENTRAL, item.id, {"title": "Nanti"}, seen(item)).item
        schedule_item(
            POST, CENTRAL, item.id, seen(item), Schedule(clock.now() + HOUR, None, "Asia/Makassar", update=UPDATED)
        )
    _lines, address = whole(site)
    with app.app_context():
        update_agency(ADMIN, "dpu", frozenset({session.get_one(Agency, "dpu").version}), {"name": "Dinas Lain"})
        while follow_log("presenter", rebuild_changed):
            pass

    ((line,), following) = whole(site, address)
    assert (line["item"]["agency"]["name"], line["item"]["title"]) == ("Dinas Lain", "Penutupan Jalan MT Haryono")
    assert page(site, following)["data"] == []


def test_a_merger_that_was_entered_ahead_comes_with_its_midnight(
    app: Flask, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    """No line tells it, and the agency shows its successor from then on."""
    _lines, address = whole(site, "/v1/sync?type=agency")
    with app.app_context():
        ends = (clock.now() + HOUR).astimezone(ZoneInfo("Asia/Makassar")).date()
        values = {"valid_to": ends, "successor": "dpu"}
        update_agency(ADMIN, "dishub", frozenset({session.get_one(Agency, "dishub").version}), values)
    ((line,), address) = whole(site, address)
    assert (line["id"], line["item"]["successor"]) == ("dishub", None)

    moment(timedelta(days=2))
    ((line,), following) = whole(site, address)
    assert (line["op"], line["id"], line["item"]["successor"]) == ("upsert", "dishub", "dpu")
    assert page(site, following)["data"] == []
