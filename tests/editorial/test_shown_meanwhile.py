"""What an edition shows may change while it is published in another transaction: readers get the new words without a further change."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select, text

from cms.agencies.services import update_agency
from cms.changes.followers import follow_log
from cms.core.db import rolled_back, session
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.editorial import followers
from cms.editorial.images.services import update_image
from cms.editorial.items.services import create_item, publish_item
from cms.media.models import Image
from cms.posts.content import POST
from cms.publishing.models import Publication
from tests.editorial.city import CENTRAL, post
from tests.media.library import body_with, uploaded
from tests.people import People

ADMIN = Actor(new_id(), "Admin", frozenset({(Role.ADMIN, None)}))
SECONDS = 60
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
pytestmark = [
    pytest.mark.usefixtures("city"),
    pytest.mark.only_on("postgresql", reason="SQLite writes one transaction after the other"),
]


def wait_for(is_there: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_there():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)


@contextmanager
def publishing_that_has_read(app: Flask, item_id: str) -> Iterator[tuple[ThreadPoolExecutor, Callable[[], int]]]:
    """A transaction that has rendered an edition and cannot write it before this ends; and how many transactions wait."""

    def publish() -> None:
        with app.app_context():
            publish_item(POST, CENTRAL, item_id, frozenset({1}))

    def count() -> int:
        # A transaction would see the same ones again and again.
        session.execute(text("SELECT pg_stat_clear_snapshot()"))
        return int(session.scalar(WAITING) or 0)

    with ThreadPoolExecutor(2) as pool, app.app_context():
        with rolled_back():
            # It may read items and lock their rows, not write them.
            session.execute(text("LOCK TABLE items IN SHARE MODE"))
            published = pool.submit(publish)
            wait_for(lambda: count() == 1 or published.done())
            assert not published.done()
            yield pool, count
        published.result(SECONDS)


def change_meanwhile(app: Flask, item_id: str, change: Callable[[], object]) -> None:
    def changed() -> None:
        with app.app_context():
            change()

    changing: Future[None]
    with publishing_that_has_read(app, item_id) as (pool, count):
        changing = pool.submit(changed)
        wait_for(lambda: count() == 2 or changing.done())
    changing.result(SECONDS)


def shown(app: Flask) -> dict[str, object]:
    """What readers have once the log has been followed."""
    with app.app_context():
        while follow_log("presenter", followers.rebuild_changed):
            pass
        (form,) = session.scalars(select(Publication.full_json).where(Publication.superseded_sequence.is_(None)))
        found: dict[str, object] = json.loads(form)
        return found


def test_a_new_name_of_the_owner_reaches_what_is_being_published(app: Flask) -> None:
    with app.app_context():
        item_id = create_item(POST, CENTRAL, post()).item.id

    change_meanwhile(app, item_id, lambda: update_agency(ADMIN, "dpu", frozenset({1}), {"name": "Dinas PUPR"}))

    assert shown(app)["agency"]["name"] == "Dinas PUPR"  # type: ignore[index]


def test_new_words_of_a_picture_reach_what_is_being_published(app: Flask, people: People) -> None:
    image = uploaded(people.person(Role.AGENCY_EDITOR, "dpu"), alt="Lama")
    with app.app_context():
        item_id = create_item(POST, CENTRAL, post(body=body_with(image))).item.id

    change_meanwhile(app, item_id, lambda: update_image(CENTRAL, image["id"], frozenset({1}), {"alt": "Baru"}))

    assert 'alt="Baru"' in str(shown(app)["body_html"])
    with app.app_context():
        assert session.get_one(Image, image["id"]).alt == "Baru"
