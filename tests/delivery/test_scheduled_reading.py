"""What is scheduled appears and goes on the second, whether or not the worker has come by, and no cache outlives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.documents.content import DOCUMENT
from cms.editorial.content_types import ContentType
from cms.editorial.items.models import Item
from cms.editorial.items.services import update_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item, unschedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.posts.content import POST
from tests.conftest import counted_statements
from tests.factories import CENTRAL, UPDATED, add_city, add_document, add_post, add_published_post, seen
from tests.people import Caller, People

HOUR = timedelta(hours=1)
Moment = Callable[[timedelta], None]


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


def schedule(
    app: Flask, item: Item, begins: timedelta | None, ends: timedelta | None = None, kind: ContentType = POST
) -> Item:
    """Schedule an item so many hours ahead."""
    now = clock.now()
    schedule = Schedule(now + begins if begins else None, now + ends if ends else None, "Asia/Makassar", update=UPDATED)
    with app.app_context():
        return schedule_item(kind, CENTRAL, item.id, seen(item), schedule).item


def work(app: Flask) -> None:
    with app.app_context():
        while carry_out_and_follow():
            pass


def lifetimes(answer: Any) -> tuple[int, int, int]:
    found = re.findall(r"(?:max-age|stale-while-revalidate|stale-if-error)=(\d+)", answer.headers["Cache-Control"])
    return tuple(map(int, found))  # type: ignore[return-value]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["data"]]


def resolved(site: Caller, item: Item) -> Any:
    return site.get(f"/v1/resolve?type={item.type}&agency={item.agency}&slug={item.slug}")


def test_a_first_publication_appears_on_the_second_without_a_worker(app: Flask, site: Caller, moment: Moment) -> None:
    old = add_published_post(app, title="Lama")
    item = schedule(app, add_post(app, title="Baru", tags=["banjir"]), HOUR)
    before = site.get("/v1/posts")

    moment(HOUR - timedelta(microseconds=1))
    assert ids(site.get("/v1/posts")) == [old.id]
    assert site.get("/v1/posts").headers["ETag"] == before.headers["ETag"]
    assert site.get(f"/v1/posts/{item.id}").status_code == 404
    assert resolved(site, item).status_code == 404
    assert ids(site.get(f"/v1/items?ids={item.id}")) == []

    moment(timedelta(microseconds=1))
    for _kept in (False, True):
        after = site.get("/v1/posts")
        assert ids(after) == [item.id, old.id]
        assert after.headers["ETag"] != before.headers["ETag"]
        assert site.get("/v1/posts", headers={"If-None-Match": before.headers["ETag"]}).status_code == 200
        assert site.get("/v1/posts", headers={"If-None-Match": after.headers["ETag"]}).status_code == 304
        detail = site.get(f"/v1/posts/{item.id}")
        assert (detail.status_code, detail.json["data"]["published_at"]) == (200, "2026-11-24T02:00:00Z")
        assert site("HEAD", f"/v1/posts/{item.id}").status_code == 200
        assert resolved(site, item).json["data"]["status"] == "live"
        assert ids(site.get(f"/v1/items?ids={item.id}")) == [item.id]
        assert ids(site.get("/v1/posts?tag=banjir&count=exact")) == [item.id]
        assert after.headers["Last-Modified"] == "Tue, 24 Nov 2026 02:00:00 GMT"
    full = detail.json["data"]

    work(app)
    assert ids(site.get("/v1/posts")) == [item.id, old.id]
    assert site.get(f"/v1/posts/{item.id}").json["data"] == full


def test_the_next_edition_takes_over_on_the_second_with_its_new_address(
    app: Flask, site: Caller, moment: Moment
) -> None:
    item = add_published_post(app, title="Lama")
    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, {"title": "Baru", "slug": "alamat-baru"}, seen(item)).item
    schedule(app, changed, HOUR)
    before = site.get(f"/v1/posts/{item.id}")
    assert resolved(site, changed).status_code == 404
    assert resolved(site, item).json["data"]["status"] == "live"

    moment(HOUR)
    for _carried_out in (False, True):
        after = site.get(f"/v1/posts/{item.id}", headers={"If-None-Match": before.headers["ETag"]})
        assert (after.status_code, after.json["data"]["title"]) == (200, "Baru")
        assert [row["title"] for row in site.get("/v1/posts").json["data"]] == ["Baru"]
        moved = resolved(site, item).json["data"]
        assert (moved["status"], moved["slug"], moved["to"]) == (
            "moved",
            "alamat-baru",
            f"http://localhost/go/{item.id}",
        )
        assert resolved(site, changed).json["data"]["status"] == "live"
        work(app)


def test_an_end_comes_on_the_second_and_is_explained(app: Flask, site: Caller, moment: Moment) -> None:
    item = schedule(app, add_published_post(app), None, HOUR)
    assert ids(site.get("/v1/posts")) == [item.id]
    assert site.get(f"/v1/posts/{item.id}").status_code == 200

    moment(HOUR)
    for _carried_out in (False, True):
        assert ids(site.get("/v1/posts")) == []
        gone = site.get(f"/v1/posts/{item.id}")
        assert (gone.status_code, gone.json["code"]) == (410, "gone")
        assert gone.json["explanation"] == "Masa tayang informasi ini telah berakhir."
        address = resolved(site, item).json["data"]
        assert (address["status"], address["explanation"]) == ("gone", gone.json["explanation"])
        work(app)


def test_what_began_and_ended_before_the_worker_came_is_gone(app: Flask, site: Caller, moment: Moment) -> None:
    item = schedule(app, add_post(app), HOUR, 2 * HOUR)
    moment(2 * HOUR)
    assert site.get(f"/v1/posts/{item.id}").status_code == 410
    assert ids(site.get("/v1/posts")) == []


@pytest.mark.parametrize("seconds", [1, 25, 40, 500, 7_000])
def test_no_cache_may_keep_an_answer_beyond_the_moment(app: Flask, site: Caller, moment: Moment, seconds: int) -> None:
    item = schedule(app, add_published_post(app), None, 2 * HOUR)
    paths = ("/v1/posts", f"/v1/posts/{item.id}", f"/v1/items?ids={item.id}")
    for path in paths:
        assert lifetimes(site.get(path)) == (30, 30, 600)
    moment(2 * HOUR - timedelta(seconds=seconds + 0.5))
    for _kept in (False, True):
        for path in paths:
            answer = site.get(path)
            fresh, stale, on_error = lifetimes(answer)
            assert fresh == min(30, seconds)
            assert fresh + max(stale, on_error) <= seconds
            known = site.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert lifetimes(known) == (fresh, stale, on_error)
        assert resolved(site, item).headers["Cache-Control"] == answer.headers["Cache-Control"]


def test_a_schedule_costs_readers_no_statement(app: Flask, site: Caller, moment: Moment) -> None:
    item = schedule(app, add_published_post(app), None, HOUR)
    site.get("/v1/posts")
    for _moment in range(2):
        app.extensions["simpul"].forget()
        site.get("/v1/agencies")
        with counted_statements(app) as statements:
            site.get("/v1/posts?limit=3")
        assert len(statements) == 2, statements
        with counted_statements(app) as statements:
            site.get("/v1/posts?limit=3")
            site.get(f"/v1/posts/{item.id}")
        assert len(statements) == 2, statements
        moment(timedelta(minutes=1))


def test_a_new_schedule_reaches_kept_answers(app: Flask, site: Caller, moment: Moment) -> None:
    item = add_published_post(app)
    paths = ("/v1/posts", f"/v1/posts/{item.id}")
    tags = [site.get(path).headers["ETag"] for path in paths for _ in range(2)][::2]
    ended = schedule(app, item, None, timedelta(seconds=10))
    for path, tag in zip(paths, tags, strict=True):
        answer = site.get(path)
        assert (answer.headers["ETag"], lifetimes(answer)[0]) == (tag, 10)
    with app.app_context():
        unschedule_item(POST, CENTRAL, item.id, seen(ended))
    for path, tag in zip(paths, tags, strict=True):
        answer = site.get(path)
        assert (answer.headers["ETag"], lifetimes(answer)) == (tag, (30, 30, 600))
    moment(HOUR)
    assert site.get(paths[1]).status_code == 200


def test_schedules_made_while_the_worker_is_late_are_seen(app: Flask, site: Caller, moment: Moment) -> None:
    schedule(app, add_post(app, title="A"), HOUR)
    moment(HOUR)
    assert len(ids(site.get("/v1/posts"))) == 1
    schedule(app, add_post(app, title="B"), timedelta(seconds=5))
    assert lifetimes(site.get("/v1/posts"))[0] == 5
    moment(timedelta(seconds=5))
    assert len(ids(site.get("/v1/posts"))) == 2


def test_files_of_a_scheduled_document_come_and_go_with_it(app: Flask, site: Caller, moment: Moment) -> None:
    item = schedule(app, add_document(app), HOUR, 2 * HOUR, DOCUMENT)
    assert site.get(f"/v1/documents/{item.id}").status_code == 404
    moment(HOUR)
    assert site.get(f"/v1/documents/{item.id}").status_code == 200
    assert ids(site.get("/v1/documents")) == [item.id]
    moment(HOUR)
    assert site.get(f"/v1/documents/{item.id}").status_code == 410


def test_many_schedules_cost_the_first_page_nothing(app: Flask, site: Caller) -> None:
    shown = add_published_post(app, title="Tampak")
    for number in range(30):
        schedule(app, add_post(app, title=f"Rencana {number}"), HOUR)
    for query in ("", "?sort=published_at", "?sort=-updated_at", "?kind=pengumuman", "?agency=dpu", "?count=exact"):
        assert ids(site.get(f"/v1/posts{query}")) == [shown.id], query
