"""`/v1/sync`: pages in the order of the log, and what was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.core import clock
from cms.core.db import session
from cms.editorial.items.models import Item
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.factories import (
    CENTRAL,
    add_office,
    add_post,
    add_published_document,
    add_published_post,
    seen,
)
from tests.people import Caller, People
from tests.stateful.kept_machine import ADMIN
from tests.sync.follower import Follower
from tests.sync.steps import edit, page, take_back, whole

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("city")


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
    first_slug, item = item.slug, edit(app, item, slug="nama-baru")
    _lines, address = whole(site)
    take_back(app, item, standing, told, other.id if standing == Standing.REDIRECTED else None)

    ((line,), _next) = whole(site, address)

    assert (line["op"], line["id"], line["agency"]) == ("delete", item.id, "dpu")
    assert (line["reason"], line["explanation"]) == expected
    # Who vanished leaves no trace, also not of what it was called.
    assert line["slugs"] == ([] if standing == Standing.VANISHED else sorted([first_slug, "nama-baru"]))
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


def test_what_left_a_channel_and_changed_once_more_is_taken_from_its_copy(app: Flask, site: Caller) -> None:
    """The second change is nothing to the channel: the last line that it knows of is the one by which the item left."""
    item = add_published_post(app)
    with app.app_context():
        repost_item(POST, CENTRAL, item.id, "dishub", comment="Bacalah.")
    _lines, address = whole(site, "/v1/sync?channel=dishub")
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")
        item = session.get_one(Item, item.id)
    edit(app, item, title="Tidak lagi di saluran Dishub")

    lines, address = whole(site, address)
    add_published_post(app, agency="dishub", title="Kabar Dishub")
    lines += whole(site, address)[0]
    assert [line["op"] for line in lines] == ["leave", "upsert"]


@pytest.mark.parametrize("becomes", ["edited", "gone"])
def test_pages_of_a_channel_are_the_same_whatever_becomes_of_what_has_left_it(
    app: Flask, site: Caller, becomes: str
) -> None:
    """They depend on the lines of the channel alone: so does their tag."""
    item = add_published_post(app)
    with app.app_context():
        repost_item(POST, CENTRAL, item.id, "dishub")
    _lines, address = whole(site, "/v1/sync?channel=dishub")
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")
        item = session.get_one(Item, item.id)
    first = site.get(address)
    if becomes == "gone":
        take_back(app, item, Standing.GONE, "Batal.")
    else:
        edit(app, item, title="Tidak lagi di saluran Dishub")
    app.extensions["simpul"].forget()

    second = site.get(address)
    assert (second.headers["ETag"], second.json) == (first.headers["ETag"], first.json)


def test_what_left_a_channel_and_came_back_is_not_told_to_leave(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    with app.app_context():
        repost_item(POST, CENTRAL, item.id, "dishub")
    _lines, address = whole(site, "/v1/sync?channel=dishub")
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")
        repost_item(POST, CENTRAL, item.id, "dishub")
    assert [line["op"] for line in whole(site, address)[0]] == ["upsert"]


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


def test_offices_come_again_when_their_agency_is_renamed(app: Flask, site: Caller) -> None:
    add_published_post(app)
    office, other = add_office(app, "dpu"), add_office(app, "dishub")
    _lines, address = whole(site, "/v1/sync?type=office")
    _lines, with_agencies = whole(site, "/v1/sync?type=office,agency&limit=1")
    with app.app_context():
        update_agency(ADMIN, "dpu", frozenset({session.get_one(Agency, "dpu").version}), {"name": "Dinas Lain"})

    ((line,), _next) = whole(site, address)
    assert (line["id"], line["item"]) == (office, site.get(f"/v1/offices/{office}").json["data"])
    assert {line["id"] for line in whole(site, with_agencies)[0]} == {"dpu", office} != {other}


def test_who_was_told_how_it_ended_is_told_another_ending_and_nobody_else(app: Flask, site: Caller) -> None:
    """What a copy shows in place of the item is taken back as well."""
    item = add_published_post(app)
    _lines, address = whole(site)
    take_back(app, item, Standing.GONE, "Acara batal.")
    ((line,), address) = whole(site, address)
    assert line["explanation"] == "Acara batal."
    _lines, later = whole(site)
    with app.app_context():
        item = session.get_one(Item, item.id)
    take_back(app, item, Standing.VANISHED)

    ((line,), _next) = whole(site, address)
    assert (line["op"], line["id"], line["reason"], line["explanation"]) == ("delete", item.id, None, None)
    assert page(site, later)["data"] == []
