"""A rollback of items on which colleagues went on working: it is carried out whatever they did, and nothing bad goes out later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask

from cms.core.db import session
from cms.core.permissions import Role
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.publishing.models import PublishedItem
from tests.factories import NEWS
from tests.moderation.rollbacks import LATER, act, counts, edit, make, publish, roll_back, seen
from tests.people import Caller, People

BAD = "Judul rusak"
SCHEDULE = {"publish_at": "2026-11-24T01:07:00Z", **NEWS}
END = {"unpublish_at": "2026-11-24T01:08:00Z"}
BETWEEN, AFTERWARDS = timedelta(minutes=2, seconds=30), timedelta(minutes=1, seconds=30)
Act = Callable[[Caller, str], Any]

# What somebody did with the hijacked account to an item that was a draft, or was published.
DEEDS: dict[str, Act] = {
    "edit": lambda who, item: edit(who, item, title=BAD),
    "publish": publish,
    "edit and publish": lambda who, item: (edit(who, item, title=BAD), publish(who, item)),
    "publish and take back": lambda who, item: (edit(who, item, title=BAD), publish(who, item), take_back(who, item)),
}
# And what a colleague did to it afterwards, who had not noticed.
WORK: dict[str, Act] = {
    "schedule": lambda who, item: act(who, item, "schedule", SCHEDULE),
    "schedule with an end": lambda who, item: act(who, item, "schedule", {**SCHEDULE, **END}),
    "edit and schedule": lambda who, item: (edit(who, item, title="Judul rekan"), act(who, item, "schedule", SCHEDULE)),
    "schedule the end": lambda who, item: act(who, item, "schedule", END),
    "archive": lambda who, item: act(who, item, "archive"),
    "trash": lambda who, item: act(who, item, "trash"),
}


def is_possible(beginning: str, deed: str, work: str) -> bool:
    """False where the state of the item forbids the deed or the work."""
    is_newest_live = deed in {"publish", "edit and publish"}
    is_live = is_newest_live or (beginning == "published" and deed == "edit")
    if beginning == "published" and deed == "publish":
        return False
    if work in {"archive", "trash"}:
        return not is_live
    return is_live if work == "schedule the end" else work == "edit and schedule" or not is_newest_live


CASES = [case for case in product(("new", "draft", "published"), DEEDS, WORK) if is_possible(*case)]


def take_back(who: Caller, item: str) -> None:
    act(who, item, "unpublish", {"kind": "gone", "explanation": "Ditarik."})


@pytest.fixture
def hijacked(people: People, city: None) -> Caller:
    """The account of an editor of the agency."""
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.mark.parametrize(("beginning", "deed", "work"), CASES)
def test_it_is_undone_whatever_colleagues_did_afterwards(
    app: Flask, hijacked: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None],
    beginning: str, deed: str, work: str,
) -> None:  # fmt: skip
    item = begun(beginning, hijacked, central, moment)
    DEEDS[deed](hijacked, item)
    WORK[work](central, item)

    done = roll_back(central, hijacked)
    assert sum(counts(done).values()) == 1
    assert_consistent(app, site, item)
    for span in (BETWEEN, AFTERWARDS):
        moment(span)
        assert_consistent(app, site, item)
    with app.app_context():
        while carry_out_and_follow():
            pass
    assert_consistent(app, site, item)
    again = roll_back(central, hijacked)
    assert again["failed"] == []
    assert_consistent(app, site, item)
    assert_nothing_is_scheduled(app, central, item)


def begun(beginning: str, hijacked: Caller, central: Caller, moment: Callable[[timedelta], None]) -> str:
    """An item as it stands before the account is hijacked; `new`: it is made with the hijacked account."""
    if beginning == "new":
        moment(LATER)
        return make(hijacked, title=BAD)
    item = make(central, title="Judul benar")
    if beginning == "published":
        publish(central, item)
    moment(LATER)
    return item


def assert_consistent(app: Flask, site: Caller, item: str) -> None:
    """Readers never have the bad title, neither in lists nor in details."""
    status, title = seen(site, item)
    listed = [card["title"] for card in site.get("/v1/posts").json["data"]]
    assert status in {200, 404, 410}
    assert BAD not in {title, *listed}
    assert listed == ([title] if status == 200 else [])


def assert_nothing_is_scheduled(app: Flask, central: Caller, item: str) -> None:
    """In the end nothing waits, on neither side."""
    shown = central.get(f"/manage/v1/posts/{item}").json["data"]
    assert shown["schedule"] is None
    with app.app_context():
        published = session.query(PublishedItem).filter_by(id=item).one_or_none()
        assert (published is not None and published.standing in {"live", "withdrawn"}) == (
            shown["published_edition"] is not None
        )
