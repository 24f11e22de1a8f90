"""Publishing fails at any of its statements: readers, editors and the log have all of it or nothing (M-1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from cms.changes.log import broken_at
from cms.changes.models import Change
from cms.core.db import Base, db, rolled_back, session
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.posts.content import POST
from cms.publishing.models import Publication
from tests.factories import CENTRAL, NEWS, add_post, add_published_post, seen

MOST_STATEMENTS = 60
Rows = dict[str, list[tuple[Any, ...]]]


class PowerFailure(Exception):
    """Nobody expects it."""


@pytest.mark.usefixtures("city")
def test_a_first_publishing_leaves_nothing_when_any_of_its_statements_fails(app: Flask) -> None:
    item_id = add_post(app, tags=["jalan"], areas=["64.71.06"]).id

    broken = fail_at_every_statement(app, item_id)

    # Lock, edition, owner, number, item, slug, head, publication, terms, line: fewer would mean that we did not look.
    assert broken >= 10
    assert published_editions(app, item_id) == [(1, None)]


@pytest.mark.usefixtures("city")
def test_readers_keep_the_edition_they_have_when_any_statement_of_the_next_publishing_fails(app: Flask) -> None:
    item_id = add_published_post(app, tags=["jalan"]).id
    with app.app_context():
        update_item(POST, CENTRAL, item_id, {"title": "Edisi kedua", "tags": ["taman"]}, frozenset({2}))

    assert fail_at_every_statement(app, item_id) >= 10

    (first, ended), (second, live) = published_editions(app, item_id)
    assert (first, second, live) == (1, 2, None)
    assert ended is not None


def fail_at_every_statement(app: Flask, item_id: str) -> int:
    """Publish until it succeeds, the k-th try failing at the k-th statement; returns how many tries failed."""
    before = everything(app)
    for statement in range(1, MOST_STATEMENTS):
        with failing_at(app, statement) as reached:
            try:
                publish(app, item_id)
            except PowerFailure:
                assert everything(app) == before, f"rows are left of a publishing that failed at statement {statement}"
                continue
        assert not reached, "the failure was swallowed"
        assert_one_line_more(app, before)
        return statement - 1
    raise AssertionError(f"more than {MOST_STATEMENTS} statements")


@contextmanager
def failing_at(app: Flask, number: int) -> Iterator[list[str]]:
    """Raise in place of the `number`-th statement; yields the statement, once it was reached."""
    count, reached = 0, []

    def executing(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal count
        if statement.startswith("BEGIN"):
            return
        count += 1
        if count == number:
            reached.append(statement)
            raise PowerFailure

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", executing)
    try:
        yield reached
    finally:
        event.remove(engine, "before_cursor_execute", executing)


def publish(app: Flask, item_id: str) -> None:
    with app.app_context():
        with rolled_back():
            expected = seen(session.get_one(Item, item_id))
        publish_item(POST, CENTRAL, item_id, expected, **NEWS)


def everything(app: Flask) -> Rows:
    """All rows of all tables."""
    with app.app_context(), rolled_back():
        return {
            table.name: sorted(map(tuple, session.execute(table.select())), key=repr)
            for table in Base.metadata.sorted_tables
        }


def assert_one_line_more(app: Flask, before: Rows) -> None:
    with app.app_context(), rolled_back():
        lines = session.scalars(select(Change).order_by(Change.sequence)).all()
        assert [line.sequence for line in lines] == list(range(1, len(before["changes"]) + 2))
        assert lines[-1].action == "post.published"
        assert broken_at() is None


def published_editions(app: Flask, item_id: str) -> list[tuple[int, int | None]]:
    columns = select(Publication.edition, Publication.superseded_sequence)
    with app.app_context(), rolled_back():
        found = session.execute(columns.where(Publication.item_id == item_id).order_by(Publication.edition))
        return [(row.edition, row.superseded_sequence) for row in found]
