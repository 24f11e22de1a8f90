"""Renaming an agency shows in what it has published, and in nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.followers import follow_log
from cms.changes.log import broken_at, read_after, record
from cms.core.db import session, unit_of_work
from cms.core.permissions import Actor, system_actor
from cms.editorial import followers
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.editorial.schedules.plans import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.withdrawal.services import unpublish_item
from cms.posts.content import POST
from cms.publishing.models import Publication, Standing
from tests.conftest import NOW
from tests.editorial.city import CENTRAL, EDITOR, STRANGER, post
from tests.factories import add_consumer, add_key

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
def test_what_content_does_not_show_renders_nothing_again() -> None:
    published(CENTRAL, "dpu", "Berita")
    rename("dpu", "Nama DPU", "contact")
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


def test_a_plan_whose_moment_has_passed_is_shown_to_readers(
    app: Flask, client: FlaskClient, moment: Callable[[timedelta], None]
) -> None:
    """Before the worker has carried it out: the list changes, so must its ETag."""
    _, key = add_key(app, add_consumer(app, "dpu"))
    with app.app_context():
        item = create_item(POST, EDITOR, post()).item
        plan = Schedule(NOW + timedelta(minutes=1), None, "Asia/Makassar")
        schedule_item(POST, EDITOR, item.id, frozenset({1}), plan)
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
