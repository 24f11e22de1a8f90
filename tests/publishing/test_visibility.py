"""What readers have is said once: both forms of a rule agree, and nobody else names the columns that decide it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.heads import log_head
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.runtime import runtime
from cms.editorial.items.services import create_item, update_item
from cms.editorial.reposts.services import repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.moderation.counting import count_live
from cms.posts.content import POST
from cms.publishing.models import Publication
from cms.publishing.reading import Publications
from cms.publishing.visibility import LIVE, find_awaited_publication, is_live, live, shown_by
from config import PROJECT_ROOT
from tests.factories import CENTRAL, UPDATED, add_city, add_published_post, post_content, seen

DECIDING = ("superseded_sequence", "effective_from", "effective_until", "is_scheduled")
TABLES = ("publications", "publication_terms", "publication_files", "published_items", "published_slugs")
PUBLISHING = PROJECT_ROOT / "cms" / "publishing"
# `visibility` asks; these define the columns, write them, or prove what was written.
WRITERS = {
    "digests.py",
    "next_due.py",
    "items.py",
    "models.py",
    "schedules.py",
    "proof.py",
    "publish.py",
    "rows.py",
    "stored_content.py",
    "visibility.py",
}
# A search begins in an index of its own, and joins what it finds with what is live; facets count what was found so.
SEARCH = {PROJECT_ROOT / "cms" / "search" / name for name in ("finding.py", "facet_sql.py")}
SOURCES = sorted((PROJECT_ROOT / "cms").rglob("*.py"))
HOUR = timedelta(hours=1)


def named(path: Path) -> Iterator[str]:
    """Everything that code can call a column by: attributes, arguments, variables, and texts that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.keyword | ast.arg):
            yield node.arg or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def test_only_publishing_names_the_columns_that_decide_what_readers_have() -> None:
    offenders = {
        f"{path.relative_to(PROJECT_ROOT)}: {column}"
        for path in SOURCES
        if path.parent != PUBLISHING or path.name not in WRITERS
        for text in named(path)
        for column in DECIDING
        if column in text
    }

    assert offenders == set()
    assert all((PUBLISHING / name).exists() for name in WRITERS), "a module in the list is there no more"


def test_all_sql_over_publications_stands_in_publishing() -> None:
    offenders = {
        f"{path.relative_to(PROJECT_ROOT)}: {table}"
        for path in SOURCES
        if path.parent != PUBLISHING and path not in SEARCH
        for text in named(path)
        for table in TABLES
        if f"FROM {table}" in text or f"JOIN {table}" in text
    }

    assert offenders == set()
    assert "LIVE" in named(PROJECT_ROOT / "cms" / "search" / "finding.py")


@pytest.fixture
def scheduled(app: Flask, moment: Callable[[timedelta], None]) -> Iterator[dict[str, str]]:
    """Items by how they will stand in an hour, while no worker comes by."""
    add_city(app)
    hour = clock.now() + HOUR
    with app.app_context():
        found = {name: add_published_post(app, title=name) for name in ("stays", "ends", "goes on")}
        changed = update_item(POST, CENTRAL, found["goes on"].id, {"title": "Baru"}, seen(found["goes on"])).item
        found["begins"] = create_item(POST, CENTRAL, POST.completed(post_content(title="begins"))).item
        for item, schedule in (
            (found["ends"], Schedule(None, hour, "Asia/Makassar")),
            (changed, Schedule(hour, None, "Asia/Makassar", update=UPDATED)),
            (found["begins"], Schedule(hour, hour + HOUR, "Asia/Makassar")),
        ):
            schedule_item(POST, CENTRAL, item.id, seen(item), schedule)
        yield {name: item.id for name, item in found.items()}


def live_by_text() -> set[int]:
    reader = runtime().reader
    sql = reader.prepared(f"SELECT p.id FROM publications p WHERE {LIVE}")
    return {row[0] for row in reader.rows(sql, {"now": clock.now_micros()})}


def test_text_and_expression_find_the_same_publications(
    scheduled: dict[str, str], moment: Callable[[timedelta], None]
) -> None:
    expected = ({"stays", "ends", "goes on"}, {"stays", "goes on", "begins"}, {"stays", "goes on"})
    for names in expected:
        with unit_of_work() as unit:
            # The circuit breaker of an agency counts what readers have, not what they will have.
            assert count_live(unit, "dpu") == len(names)
        assert live_by_text() == set(session.scalars(select(Publication.id).where(live())))
        assert {name for name, item_id in scheduled.items() if session.scalar(select(is_live(item_id)))} == names
        found = Publications(runtime().reader, log_head()).items(list(scheduled.values()), clock.now_micros())
        assert {item_id for item_id, *_ in found} == {scheduled[name] for name in names}
        moment(HOUR)


def test_what_is_scheduled_is_awaited_until_its_moment(
    scheduled: dict[str, str], moment: Callable[[timedelta], None]
) -> None:
    def awaited() -> set[str]:
        return {name for name, item_id in scheduled.items() if find_awaited_publication(session(), item_id)}

    assert awaited() == {"goes on", "begins"}
    moment(HOUR)
    assert awaited() == set()


def test_a_key_shows_what_its_agencies_own_have_on_their_channels_or_carry(app: Flask, context: None) -> None:
    add_city(app)
    own = add_published_post(app, title="Sendiri")
    carried = add_published_post(app, title="Diteruskan")
    repost_item(POST, CENTRAL, carried.id, "dishub", comment=None, place=None)
    reader, now = runtime().reader, clock.now_micros()

    def shown(*agencies: str) -> set[str]:
        slugs = {f"agency{index}": slug for index, slug in enumerate(agencies)}
        sql = reader.prepared(f"SELECT p.item_id FROM publications p WHERE {LIVE} AND {shown_by(slugs)}")
        owned = {row[0] for row in reader.rows(sql, {"now": now, **slugs})}
        beside = Publications(reader, log_head()).shown_by(agencies, [own.id, carried.id], now)
        assert beside <= owned
        return owned

    assert shown("dpu") == {own.id, carried.id}
    assert shown("dishub") == {carried.id}
    assert shown("dinkes") == shown() == set()
