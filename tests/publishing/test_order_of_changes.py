"""The list by `changed_at` is one range of an index, costs what every list costs, and loses nothing while it is paged through."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from cms.core import clock
from cms.core.db import db
from cms.publishing.page_sql import page_sql
from cms.publishing.selection import Position, Selection
from tests.conftest import NOW, counted_statements
from tests.delivery.carrying import edit
from tests.factories import add_published_post
from tests.people import Caller, People

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def site(people: People) -> Caller:
    return people.website()


def plan_of(selection: Selection) -> str:
    """How the database reads this page."""
    params = selection.params(clock.micros(NOW), clock.micros(NOW))
    sql = page_sql(selection, "card_json")
    is_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        if not is_sqlite:
            # The tables of a test are so small that reading all of them would be cheapest.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        rows = connection.execute(text(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{sql}"), params).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("agencies", [None, ("dpu",)])
@pytest.mark.parametrize("position", [None, Position(clock.micros(NOW), 7)])
@pytest.mark.parametrize("descending", [True, False])
def test_a_page_is_a_range_of_an_index(
    app: Flask, context: None, agencies: tuple[str, ...] | None, position: Position | None, descending: bool
) -> None:
    selection = Selection(
        "post", agencies, changed_after=clock.micros(NOW) - 1, sort="changed_at", descending=descending,
        position=position,
    )  # fmt: skip
    plan = plan_of(selection)
    assert "changed" in plan, plan
    assert not any(word in plan for word in ("TEMP B-TREE", "Sort", "SCAN ", "Seq Scan")), plan


def test_it_costs_no_statement_more_than_another_list(app: Flask, site: Caller) -> None:
    for number in range(3):
        add_published_post(app, title=f"Berita {number}")
    site.get("/v1/posts")
    counts = []
    for query in ("limit=2", "limit=2&sort=changed_at&changed_after=2020-01-01T00:00:00Z"):
        with counted_statements(app) as statements:
            assert len(site.get(f"/v1/posts?{query}").json["data"]) == 2  # type: ignore[index]
        counts.append(len(statements))
    assert counts == [2, 2]


def test_what_changes_while_the_list_is_paged_through_is_seen_as_it_is_in_the_end(app: Flask, site: Caller) -> None:
    dice = random.Random(3)
    items = [add_published_post(app, title=f"Berita {number}") for number in range(6)]
    seen: dict[str, dict[str, Any]] = {}
    address: str | None = "/v1/posts?sort=changed_at&limit=2"
    rounds = 0
    while address:
        page: Any = site.get(address).json
        for row in page["data"]:
            assert row["id"] not in seen or row["changed_at"] > seen[row["id"]]["changed_at"]
            seen[row["id"]] = row
        address = page["links"]["next"]
        if rounds < 5:
            edit(app, dice.choice(items), title=f"Berubah {rounds}")
        rounds += 1
    newest = max(row["changed_at"] for row in seen.values())
    for row in site.get(f"/v1/posts?sort=changed_at&changed_after={newest}").json["data"]:  # type: ignore[index]
        seen[row["id"]] = row
    assert {row["id"]: row for row in site.get("/v1/posts").json["data"]} == seen  # type: ignore[index]
    moments = [row["changed_at"] for row in seen.values()]
    assert len(set(moments)) == len(moments)
