"""Reposts and time: what is scheduled for a source, its scheduled end, and its withdrawal count on every channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.core.db import session
from cms.editorial.items.models import Item
from cms.editorial.items.services import update_item
from cms.editorial.reposts.services import end_item_repost
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.delivery.carrying import carry, relations, rows, take_back
from tests.factories import CENTRAL, UPDATED, add_city, add_published_post, seen
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key that shows everything."""
    add_city(app)
    return people.website()


def schedule(app: Flask, item: Item, begins: timedelta | None, ends: timedelta | None = None) -> Item:
    """Schedule the newest edition, `begins` and `ends` from now."""
    with app.app_context():
        current = session.get_one(Item, item.id)
        moments = [None if delta is None else clock.now() + delta for delta in (begins, ends)]
        schedule = Schedule(moments[0], moments[1], "Asia/Makassar", update=UPDATED)
        return schedule_item(POST, CENTRAL, item.id, seen(current), schedule).item


def save(app: Flask, item: Item, **values: Any) -> None:
    with app.app_context():
        update_item(POST, CENTRAL, item.id, values, seen(session.get_one(Item, item.id)))


HOUR = timedelta(hours=1)


@pytest.mark.parametrize("is_carried_first", [True, False])
def test_a_scheduled_correction_is_carried_from_its_second_on(
    app: Flask, site: Caller, moment: Any, is_carried_first: bool
) -> None:
    item = add_published_post(app, title="Lama")
    if is_carried_first:
        carry(app, item, "dishub")
    save(app, item, title="Baru")
    schedule(app, item, HOUR)
    if not is_carried_first:
        carry(app, item, "dishub")
    assert relations(site, "channel=dishub") == {"Lama": "repost"}

    moment(HOUR)
    assert relations(site, "channel=dishub") == {"Baru": "repost"}
    assert site.get(f"/v1/posts/{item.id}").json["data"]["reposted_by"] == ["dishub"]  # type: ignore[index]

    with app.app_context():
        carry_out_and_follow()
    assert relations(site, "channel=dishub") == {"Baru": "repost"}


def test_carrying_and_ending_while_a_schedule_is_due_and_the_worker_is_late(
    app: Flask, site: Caller, moment: Any
) -> None:
    item = add_published_post(app, title="Lama")
    carry(app, item, "dishub")
    save(app, item, title="Baru")
    schedule(app, item, HOUR)
    moment(HOUR)

    carry(app, item, "kota")
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")

    assert relations(site, "channel=dishub") == {}
    assert relations(site, "channel=kota") == {"Baru": "repost"}
    assert site.get(f"/v1/posts/{item.id}").json["data"]["reposted_by"] == ["kota"]  # type: ignore[index]
    with app.app_context():
        carry_out_and_follow()
    assert relations(site, "channel=kota") == {"Baru": "repost"}
    assert relations(site, "channel=dishub") == {}


def test_a_scheduled_end_ends_it_on_every_channel(app: Flask, site: Caller, moment: Any) -> None:
    item = add_published_post(app, title="Sementara")
    carry(app, item, "dishub")
    schedule(app, item, None, HOUR)

    carry(app, item, "kota")
    moment(HOUR)

    assert relations(site, "channel=dishub,kota") == {}
    assert site.get(f"/v1/posts/{item.id}").status_code == 410


def test_a_withdrawn_source_shows_its_notice_on_every_channel(app: Flask, site: Caller) -> None:
    item = add_published_post(app, title="Keliru")
    carry(app, item, "dishub")
    take_back(app, item, Standing.WITHDRAWN, "Angka keliru.")

    (row,) = rows(site, "channel=dishub")
    assert row["relation"] == "repost"
    assert row["withdrawn"]["explanation"] == "Angka keliru."
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")
    assert rows(site, "channel=dishub") == []
    assert site.get(f"/v1/posts/{item.id}").json["data"]["withdrawn"]["explanation"] == "Angka keliru."  # type: ignore[index]
