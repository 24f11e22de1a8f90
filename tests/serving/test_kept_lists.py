"""A kept list stays when only what it cannot show has moved, and what has become stale is computed once, however many ask for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from tests.conftest import NOW, counted_statements
from tests.factories import CENTRAL, UPDATED, add_city, add_post, add_published_document, add_published_post, seen
from tests.people import Caller, People

CROWD = 8


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website that sees all; dpu has a post."""
    add_city(app)
    add_published_post(app, title="Jalan", agency="dpu")
    return people.website()


def page_reads(app: Flask, ask: Callable[[], object]) -> int:
    """How often a page was read from the database meanwhile."""
    with counted_statements(app) as counted:
        ask()
    return sum("card_json" in sql for sql in counted)


@pytest.mark.parametrize("narrow", ["agency=dpu", "channel=dpu", "agency=dpu&tag=jalan", "limited"])
def test_what_others_publish_leaves_a_kept_list(app: Flask, site: Caller, people: People, narrow: str) -> None:
    caller = people.website(agencies=["dpu"]) if narrow == "limited" else site
    path = "/v1/posts" if narrow == "limited" else f"/v1/posts?{narrow}"
    kept = caller.get(path)
    for _ in range(3):
        add_published_post(app, agency="dishub")
        assert page_reads(app, lambda: caller.get(path)) == 0
    again = caller.get(path)
    assert (again.data, again.headers["ETag"]) == (kept.data, kept.headers["ETag"])

    add_published_post(app, title="Baru", agency="dpu")
    assert caller.get(path).headers["ETag"] != kept.headers["ETag"]


def test_a_list_of_all_is_computed_anew_and_one_of_another_type_is_not(app: Flask, site: Caller) -> None:
    for path in ("/v1/posts", "/v1/documents"):
        site.get(path)
    add_published_post(app, agency="dishub")
    assert page_reads(app, lambda: site.get("/v1/posts")) == 1
    assert page_reads(app, lambda: site.get("/v1/documents")) == 0
    add_published_document(app)
    assert page_reads(app, lambda: site.get("/v1/documents")) == 1


def test_how_far_all_parts_are_is_read_once_for_all_lists(app: Flask, site: Caller) -> None:
    paths = [f"/v1/posts?agency=dpu&limit={limit}" for limit in range(1, 6)]
    for path in paths:
        site.get(path)
    add_published_post(app, agency="dishub")
    with counted_statements(app) as counted:
        for path in paths:
            site.get(path)
    assert sum("content_positions" in sql for sql in counted) == 1
    assert not any("card_json" in sql for sql in counted)


def test_a_list_that_stayed_is_not_cached_beyond_a_moment_that_was_scheduled_meanwhile(
    app: Flask, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    path = "/v1/posts?agency=dpu"
    assert "max-age=20" not in site.get(path).headers["Cache-Control"]
    waiting, at = (
        add_post(app, agency="dishub"),
        Schedule(NOW + timedelta(seconds=20), None, "Asia/Makassar", update=UPDATED),
    )
    with app.app_context():
        schedule_item(POST, CENTRAL, waiting.id, seen(waiting), at)
    assert page_reads(app, lambda: site.get(path)) == 0
    assert "max-age=20," in site.get(path).headers["Cache-Control"]
    moment(timedelta(seconds=21))
    assert site.get(path).json["data"][0]["title"] == "Jalan"  # type: ignore[index]
    assert len(site.get("/v1/posts").json["data"]) == 2  # type: ignore[index]


def test_a_stale_answer_is_computed_by_one_of_all_who_ask_for_it(app: Flask, site: Caller) -> None:
    site.get("/v1/posts")
    add_published_post(app, title="Baru", agency="dishub")
    reads, start, found = [], threading.Barrier(CROWD), []

    def told(sql: str) -> None:
        if "card_json" in sql:
            reads.append(sql)
            # Long enough for all others to arrive.
            time.sleep(0.1)

    def ask() -> None:
        caller = Caller(app.test_client(), site.token)
        start.wait()
        found.append(caller.get("/v1/posts").json["data"][0]["title"])  # type: ignore[index]

    app.extensions["simpul"].reader.on_statement = told
    try:
        threads = [threading.Thread(target=ask) for _ in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    finally:
        app.extensions["simpul"].reader.on_statement = None
    assert found == ["Baru"] * CROWD
    assert len(reads) == 1
