"""`/v1/sync` at scheduled moments: they count on the second, whoever has written them down by then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.changes.followers import follow_log
from cms.core import clock
from cms.core.db import session
from cms.editorial.followers import rebuild_changed
from cms.editorial.items.services import update_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from cms.publishing.tasks import carry_out_due_schedules
from cms.sync import pages
from tests.delivery.test_due_reading import end_of_tries, nobody_else_writes
from tests.factories import (
    CENTRAL,
    UPDATED,
    add_post,
    add_published_post,
    seen,
)
from tests.people import Caller
from tests.stateful.kept_machine import ADMIN
from tests.sync.steps import page, whole

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.parametrize("way", ["begins", "ends", "goes on"])
def test_a_scheduled_moment_counts_on_the_second_though_nobody_can_write(
    app: Flask, site: Caller, moment: Callable[[timedelta], None], way: str
) -> None:
    item = add_post(app, title="Baru") if way == "begins" else add_published_post(app, title="Lama")
    if way == "goes on":
        with app.app_context():
            item = update_item(POST, CENTRAL, item.id, {"title": "Baru"}, seen(item)).item
    span = (None, clock.now() + HOUR) if way == "ends" else (clock.now() + HOUR, None)
    with app.app_context():
        scheduled = Schedule(*span, "Asia/Makassar", update=UPDATED)
        schedule_item(POST, CENTRAL, item.id, seen(item), scheduled)
    _lines, address = whole(site, "/v1/sync?limit=1")
    moment(HOUR)

    with nobody_else_writes(app):
        early = page(site, address)
        end_of_tries()
    with app.app_context():
        carry_out_due_schedules()
    late = page(site, early["links"]["next"])

    for found in (early, late):
        ((line,)) = found["data"]
        assert (line["op"], line["id"]) == ("delete" if way == "ends" else "upsert", item.id)
        assert way == "ends" or line["item"]["title"] == "Baru"
    assert "due_since" in early["meta"]
    assert "due_since" not in late["meta"]


def test_many_late_schedules_come_page_by_page(app: Flask, site: Caller, moment: Callable[[timedelta], None]) -> None:
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


def test_a_page_during_which_schedules_are_carried_out_is_not_the_last(
    app: Flask, site: Caller, moment: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are late when the page begins, and have lines before it has looked at them."""
    item = add_post(app, title="Kabar")
    with app.app_context():
        schedule_item(POST, CENTRAL, item.id, seen(item), Schedule(clock.now() + HOUR, None, "Asia/Makassar"))
    _lines, address = whole(site)
    moment(2 * HOUR)
    real = pages.late_entries
    blocked = ExitStack()
    blocked.enter_context(nobody_else_writes(app))

    def carried_out_before(*given: Any) -> Any:
        blocked.close()
        end_of_tries()
        with app.app_context():
            carry_out_due_schedules()
        monkeypatch.setattr(pages, "late_entries", real)
        return real(*given)

    monkeypatch.setattr(pages, "late_entries", carried_out_before)
    first = page(site, address)
    lines, _following = whole(site, first["links"]["next"])

    assert first["data"] or not first["meta"]["complete"]
    assert [line["id"] for line in [*first["data"], *lines]] == [item.id]


def test_an_edition_comes_though_the_next_scheduled_one_was_rendered_again_after_it(
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
