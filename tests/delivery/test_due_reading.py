"""A read that finds a schedule due has it carried out outside of its own request; when it cannot wait for that, it says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from cms.changes.followers import follow_log
from cms.changes.log import read_after
from cms.changes.models import Change
from cms.core.db import db, rolled_back, session
from cms.core.errors import Conflict
from cms.editorial.items.models import Item
from cms.editorial.schedules.followers import NAME, follow_schedules
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item, unschedule_item
from cms.posts.content import POST
from cms.publishing.tasks import carry_out_due_schedules
from cms.serving import late_schedules
from cms.serving.late_schedules import MOST_SECONDS
from tests.factories import CENTRAL, add_post, add_published_post, seen
from tests.people import Caller, People

HOUR = timedelta(hours=1)
Moment = Callable[[timedelta], None]
WRITES = ("INSERT", "UPDATE", "DELETE")
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def site(people: People) -> Caller:
    return people.website()


def schedule(app: Flask, item: Item, begins: timedelta | None, ends: timedelta | None = None) -> Item:
    from_now = [None if span is None else item.created_at + span for span in (begins, ends)]
    with app.app_context():
        return schedule_item(POST, CENTRAL, item.id, seen(item), Schedule(*from_now, "Asia/Makassar")).item


def lines_by_schedule(app: Flask) -> list[Change]:
    with app.app_context():
        return [line for line in read_after(0) if line.facts.get("cause") == {"kind": "schedule"}]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["data"]]


@contextmanager
def writers(app: Flask) -> Iterator[set[str]]:
    """The names of the threads that change anything meanwhile."""
    found: set[str] = set()

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            found.add(threading.current_thread().name)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", executed)
    yield found
    event.remove(engine, "before_cursor_execute", executed)


@contextmanager
def nobody_else_writes(app: Flask) -> Iterator[None]:
    """Hold what every write needs: the head of the log, on SQLite the whole database."""
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT id FROM change_head FOR UPDATE"))
        else:
            connection.execute(text("UPDATE change_head SET id = id"))
        yield
        connection.rollback()


def end_of_tries() -> None:
    for thread in threading.enumerate():
        if thread.name == "due-schedules":
            thread.join(10)


@pytest.mark.parametrize("path", ["/v1/posts", "/v1/posts?sort=changed_at", "/v1/posts/{id}", "/v1/items?ids={id}"])
def test_a_read_has_what_is_due_carried_out_by_somebody_else(
    app: Flask, site: Caller, moment: Moment, path: str
) -> None:
    item = schedule(app, add_post(app, title="Baru"), HOUR)
    asked = path.format(id=item.id)
    before = site.get("/v1/posts").json["meta"]["sequence"]
    moment(HOUR)

    with writers(app) as found:
        answer = site.get(asked)

    shown = answer.json["data"] if isinstance(answer.json["data"], dict) else answer.json["data"][0]
    assert (answer.status_code, shown["id"], found) == (200, item.id, {"due-schedules"})
    assert "due_since" not in answer.json["meta"]
    assert answer.json["meta"]["sequence"] > before
    (line,) = lines_by_schedule(app)
    assert (line.action, line.resource_id, line.actor_id, line.is_public) == (
        "post.published", item.id, CENTRAL.id, True,
    )  # fmt: skip
    # Once: nobody finds anything left to do.
    with app.app_context():
        assert not carry_out_due_schedules()
    site.get(asked)
    assert len(lines_by_schedule(app)) == 1


def test_an_end_is_carried_out_too(app: Flask, site: Caller, moment: Moment) -> None:
    item = schedule(app, add_published_post(app), None, HOUR)
    moment(HOUR)
    assert site.get(f"/v1/posts/{item.id}").status_code == 410
    (line,) = lines_by_schedule(app)
    assert (line.action, line.facts["ending"], line.actor_label) == ("post.unpublished", "expired", CENTRAL.label)


def test_a_read_that_cannot_wait_says_since_when_something_is_due(
    app: Flask, site: Caller, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Far longer than the reads themselves take on a busy machine.
    most_seconds = 3 * MOST_SECONDS
    monkeypatch.setattr(late_schedules, "MOST_SECONDS", most_seconds)
    old = add_published_post(app, title="Lama")
    item = schedule(app, add_post(app, title="Baru"), HOUR)
    moment(HOUR)
    with nobody_else_writes(app):
        began = time.monotonic()
        answer = site.get("/v1/posts")
        took = time.monotonic() - began
        in_order = site.get("/v1/posts?sort=changed_at")
        assert site.get(f"/v1/posts/{item.id}").status_code == 200
        assert time.monotonic() - began - took < most_seconds, "only the first read waited"
    end_of_tries()

    # What is there by the clock is shown; the order of changes ends with the last line.
    assert took >= most_seconds * 0.9
    assert ids(answer) == [item.id, old.id]
    assert ids(in_order) == [old.id]
    assert {page.json["meta"]["due_since"] for page in (answer, in_order)} == {"2026-11-24T02:00:00Z"}
    after = site.get("/v1/posts?sort=changed_at")
    assert ids(after) == [old.id, item.id]
    assert "due_since" not in after.json["meta"]
    assert after.headers["ETag"] != in_order.headers["ETag"]


def test_the_item_of_the_editors_follows_once(app: Flask, site: Caller, moment: Moment) -> None:
    item = schedule(app, add_post(app), HOUR, 2 * HOUR)
    moment(HOUR)
    site.get("/v1/posts")
    with app.app_context():
        assert session.get_one(Item, item.id).state == "scheduled"
        version = session.get_one(Item, item.id).version
        session.rollback()
        for _again in range(2):
            while follow_log(NAME, follow_schedules):
                pass
            with rolled_back():
                current = session.get_one(Item, item.id, populate_existing=True)
                assert (current.state, current.published_edition, current.version) == ("published", 1, version + 1)
            # As after a restart that lost the position.
            session.execute(text("UPDATE follower_positions SET sequence = 0"))
            session.commit()
    moment(HOUR)
    assert ids(site.get("/v1/posts")) == []
    with app.app_context():
        while follow_log(NAME, follow_schedules):
            pass
        assert session.get_one(Item, item.id, populate_existing=True).state == "unpublished"
    assert [line.action for line in lines_by_schedule(app)] == ["post.published", "post.unpublished"]


def test_an_editor_who_comes_after_a_reader_finds_the_schedule_carried_out(
    app: Flask, site: Caller, moment: Moment
) -> None:
    item = schedule(app, add_post(app), HOUR)
    moment(HOUR)
    site.get("/v1/posts")
    with app.app_context(), pytest.raises(Conflict) as refused:
        unschedule_item(POST, CENTRAL, item.id, seen(item))
    assert refused.value.code == "wrong_state"
    assert site.get(f"/v1/posts/{item.id}").status_code == 200
