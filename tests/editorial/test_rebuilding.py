"""Renaming an agency shows in what it has published, and in nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.changes.actions import Action
from cms.changes.followers import follow_log
from cms.changes.log import broken_at, read_after, record
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role, system_actor
from cms.editorial import followers
from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.editorial.mergers.followers import rebuild_merged
from cms.editorial.reposts.services import repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.posts.content import POST
from cms.publishing.models import Publication, Standing
from cms.taxonomy.services import update_category
from tests.conftest import NOW
from tests.editorial.city import CENTRAL, EDITOR, STRANGER, post
from tests.factories import add_agencies, add_consumer, add_key

ADMIN = Actor(new_id(), "Admin", frozenset({(Role.ADMIN, None)}))
pytestmark = pytest.mark.usefixtures("city")


def rename(slug: str, name: str, *fields: str) -> None:
    with unit_of_work() as unit:
        unit.session.get_one(Agency, slug).name = name
        record(unit, Action.AGENCY_UPDATED, slug, system_actor("test"), agency=slug, fields=fields)


def published(actor: Actor, agency: str, title: str) -> str:
    item = create_item(POST, actor, post(agency=agency, title=title)).item
    return publish_item(POST, actor, item.id, frozenset({1})).item.id


def follow() -> None:
    while follow_log("presenter", followers.rebuild_changed):
        pass


def names() -> dict[str, str]:
    """Agency name by title, as readers have it."""
    cards = session.scalars(select(Publication.card_json).where(Publication.superseded_sequence.is_(None)))
    return {card["title"]: card["agency"]["name"] for card in map(json.loads, cards)}


@pytest.mark.usefixtures("context")
def test_live_items_of_a_renamed_agency_are_rendered_again_from_their_published_edition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(followers, "BATCH", 2)
    ids = [published(EDITOR, "dpu", f"Berita {number}") for number in range(5)]
    published(STRANGER, "dishub", "Lain")
    update_item(POST, EDITOR, ids[0], {"title": "Konsep"}, frozenset({2}))
    unpublish_item(POST, CENTRAL, ids[1], frozenset({2}), standing=Standing.VANISHED)
    follow()

    rename("dpu", "Dinas PUPR", "name")
    follow()

    assert names() == {**{f"Berita {number}": "Dinas PUPR" for number in (0, 2, 3, 4)}, "Lain": "Nama Dishub"}
    rendered = [line.resource_id for line in read_after(0) if line.action == "post.rebuilt"]
    assert sorted(rendered) == sorted([ids[0], *ids[2:]])
    assert broken_at() is None
    follow()
    assert len([line for line in read_after(0) if line.action == "post.rebuilt"]) == 4


@pytest.mark.usefixtures("context")
def test_what_readers_do_not_see_renders_nothing_again() -> None:
    published(CENTRAL, "dpu", "Berita")
    rename("dpu", "Nama DPU", "four_eyes")
    follow()
    assert [line for line in read_after(0) if line.action == "post.rebuilt"] == []


def test_an_item_published_since_is_left_alone(app: Flask) -> None:
    with app.app_context():
        published(EDITOR, "dpu", "Lama")
        rename("dpu", "Dinas PUPR", "name")
        published(EDITOR, "dpu", "Baru")
        follow()
        assert names() == {"Lama": "Dinas PUPR", "Baru": "Dinas PUPR"}
        assert len([line for line in read_after(0) if line.action == "post.rebuilt"]) == 1


def test_a_schedule_whose_moment_has_passed_is_shown_to_readers(
    app: Flask, client: FlaskClient, moment: Callable[[timedelta], None]
) -> None:
    """Before the worker has carried it out: the list changes, so must its ETag."""
    _, key = add_key(app, add_consumer(app, "dpu"))
    with app.app_context():
        item = create_item(POST, EDITOR, post()).item
        schedule = Schedule(NOW + timedelta(minutes=1), None, "Asia/Makassar")
        schedule_item(POST, EDITOR, item.id, frozenset({1}), schedule)
        follow()
        moment(timedelta(minutes=2))
        rename("dpu", "Dinas PUPR", "name")
    headers = {"Authorization": f"Bearer {key}"}
    before = client.get("/v1/posts", headers=headers)
    assert before.json["data"][0]["agency"]["name"] == "Nama DPU"

    with app.app_context():
        follow()

    now = client.get("/v1/posts", headers={**headers, "If-None-Match": before.headers["ETag"]})
    assert (now.status_code, now.json["data"][0]["agency"]["name"]) == (200, "Dinas PUPR")


def rebuilt(app: Flask) -> list[tuple[str, dict[str, str]]]:
    """The items that were rebuilt, with the cause, in the order of the log."""
    with app.app_context():
        return [(line.resource_id, line.facts["cause"]) for line in read_after(0) if line.action == "post.rebuilt"]


def test_what_an_agency_carries_and_what_stands_on_its_channel_is_rebuilt_with_it(app: Flask) -> None:
    with app.app_context():
        own, carried, elsewhere = (
            published(CENTRAL, agency, f"Berita {agency}") for agency in ("dpu", "dishub", "kota")
        )
        repost_item(POST, CENTRAL, carried, "dpu")
        follow()
        rename("dpu", "Dinas PUPR", "contact")
        newest = read_after(0)[-1].sequence
        follow()
    assert {item_id for item_id, _cause in rebuilt(app)} == {own, carried}
    assert all(cause == {"kind": "rebuild", "id": str(newest)} for _item_id, cause in rebuilt(app))
    assert elsewhere not in {item_id for item_id, _cause in rebuilt(app)}


def test_a_category_that_is_renamed_is_told_by_its_items(app: Flask) -> None:
    with app.app_context():
        item_id = create_item(POST, CENTRAL, post(category="infrastruktur")).item.id
        publish_item(POST, CENTRAL, item_id, frozenset({1}))
        published(CENTRAL, "dpu", "Tanpa kategori")
        update_category(CENTRAL, "infrastruktur", frozenset({1}), {"name_id": "Prasarana"})
        follow()
    assert [found for found, _cause in rebuilt(app)] == [item_id]


def test_a_merger_is_told_by_the_items_at_its_midnight_and_by_those_of_earlier_mergers(
    app: Flask, moment: Callable[[timedelta], None]
) -> None:
    add_agencies(app, "lama", "tengah", "baru")
    zone = ZoneInfo("Asia/Makassar")
    today = NOW.astimezone(zone).date()
    with app.app_context():
        first, second, other = (published(CENTRAL, agency, agency) for agency in ("lama", "tengah", "dpu"))
        for slug, into, days in (("lama", "tengah", -3), ("tengah", "baru", 0)):
            version = session.get_one(Agency, slug).version
            values = {"valid_to": today + timedelta(days=days), "successor": into}
            update_agency(ADMIN, slug, frozenset({version}), values)
        follow()
        assert not rebuild_merged()
        before = len(rebuilt(app))
        moment(datetime.combine(today + timedelta(days=1), time.min, zone) - clock.now())
        while rebuild_merged():
            pass
        # Whoever comes by again finds nothing: what was rebuilt has changed since that midnight.
        assert not rebuild_merged()
    assert before == 2
    assert sorted(rebuilt(app)[before:]) == sorted(
        [(first, {"kind": "merge", "id": "lama"}), (second, {"kind": "merge", "id": "tengah"})]
    )
    assert other not in {item_id for item_id, _cause in rebuilt(app)}


def test_a_new_name_reaches_what_was_scheduled_before_and_begins_before_the_follower_comes(
    app: Flask, moment: Callable[[timedelta], None]
) -> None:
    with app.app_context():
        item = create_item(POST, EDITOR, post()).item
        schedule_item(
            POST, EDITOR, item.id, frozenset({1}), Schedule(NOW + timedelta(minutes=1), None, "Asia/Makassar")
        )
        follow()
        rename("dpu", "Dinas PUPR", "name")
        moment(timedelta(minutes=2))
        carry_out_and_follow()
        assert names() == {item.title: "Nama DPU"}
        follow()
        assert names() == {item.title: "Dinas PUPR"}
