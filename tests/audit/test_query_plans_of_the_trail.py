"""Every filter of the trail is read along an index, also when nothing fits: the log is the largest table and never gets smaller."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy import event, insert, text

from cms.audit.queries import ChangeFilter, list_changes
from cms.audit.routes import NOT_FILTERS
from cms.audit.schemas import ChangeQuerySchema
from cms.changes.actions import Action, ContentVerb
from cms.changes.models import Change
from cms.core.db import db, session, table_of
from cms.documents.content import DOCUMENT
from cms.posts.content import POST
from tests.changes.tampering import unguarded
from tests.conftest import NOW

LINES, PEOPLE, AGENCIES = 30_000, 50, 40
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
ACTIONS = [*Action, *(each.action(verb) for each in (POST, DOCUMENT) for verb in ContentVerb if verb in each.verbs)]
WRITTEN = [action.value for action in ACTIONS if not action.value.startswith(("freeze.", "breaker.", "rollback."))]
# The log is read along its own numbers when the numbers are what is asked for.
INDEX = re.compile(r"ix_changes_\w+|pk_changes|sqlite_autoindex_changes_1")

NO_HITS: dict[str, Any] = {
    "actor": "nobody",
    "agency": ("dinas-x", "dinas-y"),
    "type": ("freeze", "rollback"),
    "item": "nothing",
    "action": ("breaker.reset", "freeze.set"),
    "request_id": "no-request",
    "after": NOW + DAY,
    "before": datetime(2020, 1, 1, tzinfo=UTC),
    "from_sequence": LINES + 1,
    "to_sequence": 0,
}
"""A value of each filter that no line has."""
FREQUENT: dict[str, Any] = {
    "actor": "person-7",
    "agency": ("agency-8", "agency-9"),
    "type": ("release", "media"),
    "item": "item-30",
    "action": ("post.created", "post.published"),
    "request_id": "request-41",
}
"""A value of each filter that lines have, but none has two of them."""


def row(number: int) -> dict[str, Any]:
    # In no step with agencies and people, however many actions there are.
    action = WRITTEN[crc32(str(number).encode()) % len(WRITTEN)]
    return {
        "sequence": number, "recorded_at": NOW - (LINES - number) * SECOND, "action": action,
        "resource_type": action.split(".")[0], "resource_id": f"item-{number // 6}", "agency": f"agency-{number % AGENCIES}",
        "actor_id": f"person-{number % PEOPLE}", "actor_label": "A", "request_id": f"request-{number // 2}", "is_public": False,
        "fields": [], "facts": {}, "hash": "0" * 64, "counts_as": None,
    }  # fmt: skip


@pytest.fixture
def long_log(app: Flask, context: None) -> None:
    rows = [row(number) for number in range(1, LINES + 1)]
    kept = [each for each in rows if sum(_fits(each, name) for name in FREQUENT) < 2]
    with db.engine.connect().execution_options(writes=True) as connection:
        with unguarded(connection):
            connection.execute(insert(table_of(Change)), kept)
        connection.commit()
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE changes"))
            connection.commit()


def _fits(line: dict[str, Any], name: str) -> bool:
    value = FREQUENT[name]
    column = {"actor": "actor_id", "type": "resource_type", "item": "resource_id"}.get(name, name)
    return line[column] in (value if isinstance(value, tuple) else (value,))


def plan_of(wanted: ChangeFilter, *, oldest_first: bool) -> tuple[list[Any], str]:
    """What was found, and how the database looks for it."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = list_changes(wanted, oldest_first=oldest_first, after=None, limit=101)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = session.connection()
    word = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    plan = [
        row[-1] for statement, parameters in sent for row in connection.exec_driver_sql(word + statement, parameters)
    ]
    return list(found), "\n".join(map(str, plan))


def lines_looked_at(plan: str) -> int:
    """How many lines PostgreSQL took into its hands and put away again."""
    return sum(map(int, re.findall(r"Rows Removed by (?:Filter|Index Recheck): (\d+)", plan)))


def assert_along_an_index(plan: str, *, searched: bool, most: int) -> None:
    assert not re.search(r"Seq Scan on changes|SCAN changes", plan), plan
    assert INDEX.search(plan) or not searched, plan
    assert lines_looked_at(plan) <= most, plan


def filters() -> list[str]:
    """All that the route takes: a new filter fails here until it has its value, and then until it has its index."""
    return sorted(set(ChangeQuerySchema().fields) - NOT_FILTERS)


@pytest.mark.usefixtures("long_log")
def test_every_filter_of_the_trail_without_hits_is_read_along_an_index() -> None:
    for name in filters():
        for oldest_first in (True, False):
            found, plan = plan_of(ChangeFilter(**{name: NO_HITS[name]}), oldest_first=oldest_first)
            assert found == [], name
            assert_along_an_index(plan, searched=True, most=0)


@pytest.mark.usefixtures("long_log")
def test_two_filters_without_hits_read_no_more_than_the_lines_of_one_of_them() -> None:
    """Each of the two has lines, no line has both; or one of them has none."""
    most = 2 * LINES // min(AGENCIES, PEOPLE)
    for one, other in combinations(FREQUENT, 2):
        found, plan = plan_of(ChangeFilter(**{name: FREQUENT[name] for name in (one, other)}), oldest_first=False)
        assert found == [], (one, other)
        assert_along_an_index(plan, searched=(one, other) != ("type", "action"), most=most)
    for one, other in combinations(filters(), 2):
        wanted = {one: NO_HITS[one], other: FREQUENT.get(other, NO_HITS[other])}
        found, plan = plan_of(ChangeFilter(**wanted), oldest_first=False)
        assert found == [], (one, other)
        assert_along_an_index(plan, searched=plan != "", most=most)


@pytest.mark.usefixtures("long_log")
@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize(
    "wanted",
    [
        ChangeFilter(type=("post", "media"), from_sequence=500),
        ChangeFilter(agency=("agency-3", "agency-4"), action=tuple(WRITTEN[:20])),
        ChangeFilter(actor="person-3", type=("post",)),
        ChangeFilter(type=("user",), action=("user.created", "post.created"), to_sequence=20_000),
    ],
    ids=["type", "agencies", "person", "type and action"],
)
def test_readings_that_are_merged_give_what_one_look_at_every_line_gives(
    wanted: ChangeFilter, oldest_first: bool
) -> None:
    def fits(line: Change) -> bool:
        return (
            (not wanted.type or line.resource_type in wanted.type)
            and (not wanted.action or line.action in wanted.action)
            and (not wanted.agency or line.agency in wanted.agency)
            and (wanted.actor is None or line.actor_id == wanted.actor)
            and (wanted.from_sequence or 0) <= line.sequence <= (wanted.to_sequence or LINES)
        )

    every = list_changes(ChangeFilter(), oldest_first=oldest_first, after=None, limit=LINES)
    expected = [line.sequence for line in every if fits(line)]
    assert len(expected) > 60

    first = list_changes(wanted, oldest_first=oldest_first, after=None, limit=50)
    second = list_changes(wanted, oldest_first=oldest_first, after=first[-1].sequence, limit=50)

    assert [line.sequence for line in [*first, *second]] == expected[:100]
