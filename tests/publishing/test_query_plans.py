"""How PostgreSQL plans what the delivery plane asks: once for each shape, but anew where only the values tell what is best."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cms.core.db import db
from cms.publishing.page_sql import page_sql
from cms.publishing.selection import Relation, Selection
from tests.factories import add_published_post
from tests.people import People

# More often than psycopg sends a statement before it prepares it, and PostgreSQL plans it before it compares.
TIMES = 20
PLANS = "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements"


def plans(app: Flask, client: FlaskClient, people: People, query: str) -> list[tuple[int, int]]:
    """Plans made once, and made anew, of the lists of posts that were read like this."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite keeps one plan for each statement, whatever its values")
        for _ in range(3):
            add_published_post(app)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        # A new connection knows no statement yet.
        app.extensions["simpul"].reader.close_connections()
    website = people.website()
    for number in range(TIMES):
        assert website.get(f"/v1/posts?{query.format(number=number)}").status_code == 200
    rows = app.extensions["simpul"].reader.rows(PLANS, {})
    # The connection may have come from the pool, where writers have prepared statements of their own on it.
    reads = [row for row in rows if row[0].startswith("SELECT p.card_json")]
    return [(generic, custom) for _statement, generic, custom in reads]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "query",
    [
        "published_before=2027-01-01T00:00:{number:02}Z",
        "agency=dpu&published_after=2020-01-01T00:00:{number:02}Z",
        "sort=updated_at&updated_after=2020-01-01T00:00:{number:02}Z",
        "slug=penutupan-{number}",
        "ids=019ac1a0-7c00-7000-8000-0000000000{number:02}",
        "channel=dpu&relation=repost&published_after=2020-01-01T00:00:{number:02}Z",
        "sort=event_date&event_after=2020-01-01T00:00:{number:02}Z",
        "sort=-event_date&event_before=2020-01-01T00:00:{number:02}Z",
        "sort=changed_at&changed_after=2020-01-01T00:00:{number:02}Z",
    ],
)
def test_a_list_is_planned_once(app: Flask, client: FlaskClient, people: People, query: str) -> None:
    found = plans(app, client, people, query)

    assert {custom for _, custom in found} == {0}
    assert found[0][0] > 0


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "query",
    [
        "updated_after=2020-01-01T00:00:{number:02}Z",
        "agency=dpu&updated_after=2020-01-01T00:00:{number:02}Z",
        "sort=-updated_at&published_after=2020-01-01T00:00:{number:02}Z",
        "valid_at=2020-01-01T00:00:{number:02}Z",
        "agency=dpu&event_after=2020-01-01T00:00:{number:02}Z",
        "event_before=2020-01-01T00:00:{number:02}Z",
    ],
)
def test_a_range_beside_the_sort_key_is_planned_for_its_values(
    app: Flask, client: FlaskClient, people: People, query: str
) -> None:
    assert plans(app, client, people, query) == []


INDEXES = {
    "ix_publications_live_event": Selection("post", event_after=1, sort="event_from", descending=False),
    "uq_publications_live_item": Selection("post", ids=("019ac1a0-7c00-7000-8000-000000000001",)),
    "ix_publication_terms_term": Selection("post", terms={"slug": ("penutupan",)}),
    "ix_publication_terms_repost": Selection("post", terms={"channel": ("dpu",)}, relation=Relation.REPOST),
    "ix_publications_live_valid": Selection("post", valid_at=1, sort="valid_until"),
}


@pytest.mark.usefixtures("city", "context")
@pytest.mark.parametrize("index", INDEXES)
def test_what_leads_a_list_is_read_from_its_index(index: str) -> None:
    selection = INDEXES[index]
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN"
        else:
            explain = "EXPLAIN"
            # The tables of a test are so small that reading all of them is best.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        sql = f"{explain} {page_sql(selection, 'card_json')}"
        plan = "\n".join(str(row[-1]) for row in connection.execute(text(sql), selection.params(1, 1)))

    assert index in plan, plan
