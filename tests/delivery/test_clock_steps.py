"""What is published now is there whatever a clock says; only what is scheduled waits for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.documents.content import DOCUMENT
from cms.editorial.content_types import ContentType
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.posts.content import POST
from tests.conftest import second_app
from tests.delivery.carrying import carry
from tests.factories import (
    CENTRAL,
    NEWS,
    UPDATED,
    add_city,
    add_document,
    add_post,
    add_published_document,
    add_published_post,
    seen,
)
from tests.people import Caller, People

Moment = Callable[[timedelta], None]
HOUR = timedelta(hours=1)
STEPS = [timedelta(seconds=-11), timedelta(minutes=-2), -HOUR, timedelta(days=-20)]
LISTS = (
    "", "?sort=published_at", "?sort=-updated_at", "?sort=updated_at", "?kind=pengumuman", "?agency=dpu", "?channel=dpu",
    "?tag=banjir", "?count=exact", "?agency=dpu,dishub&kind=pengumuman&count=exact", "?published_before=2030-01-01T00:00:00Z",
    "?published_before=2030-01-01T00:00:00Z&sort=-updated_at", "?updated_after=2020-01-01T00:00:00Z",
)  # fmt: skip


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["data"]]


def schedule(
    app: Flask, item: Item, begins: timedelta | None, ends: timedelta | None = None, kind: ContentType = POST
) -> None:
    now = clock.now()
    with app.app_context():
        schedule = Schedule(
            now + begins if begins else None, now + ends if ends else None, "Asia/Makassar", update=UPDATED
        )
        schedule_item(kind, CENTRAL, item.id, seen(item), schedule)


def work(app: Flask) -> None:
    with app.app_context():
        while carry_out_and_follow():
            pass


def resolved(site: Caller, item: Item) -> int:
    return site.get(f"/v1/resolve?type={item.type}&agency={item.agency}&slug={item.slug}").status_code


@pytest.mark.parametrize("step", STEPS)
def test_after_a_step_back_the_newest_posts_stay_in_all_lists(
    app: Flask, site: Caller, environment: dict[str, str], moment: Moment, step: timedelta
) -> None:
    post = add_published_post(app, tags=["banjir"])
    carry(app, post, "dishub")
    document = add_published_document(app)
    before = {query: site.get(f"/v1/posts{query}") for query in LISTS}
    moment(step)

    with second_app({**environment, "DELIVERY_CACHE_BYTES": "0"}) as fresh:
        for caller in (site, Caller(fresh.test_client(), site.token)):
            for query, known in before.items():
                answer = caller.get(f"/v1/posts{query}")
                assert ids(answer) == [post.id], query
                assert (answer.data, answer.headers["ETag"]) == (known.data, known.headers["ETag"])
                again = caller.get(f"/v1/posts{query}", headers={"If-None-Match": known.headers["ETag"]})
                assert again.status_code == 304
            assert ids(caller.get("/v1/documents")) == [document.id]
            assert ids(caller.get("/v1/posts?channel=dishub")) == [post.id]
            assert caller.get(f"/v1/posts/{post.id}").status_code == 200
            assert ids(caller.get(f"/v1/items?ids={post.id}")) == [post.id]
            assert resolved(caller, post) == 200


@pytest.mark.parametrize("step", STEPS)
def test_what_is_published_after_a_step_back_is_there_and_so_is_what_was_before(
    app: Flask, site: Caller, moment: Moment, step: timedelta
) -> None:
    first = add_published_post(app, title="Sebelum")
    assert ids(site.get("/v1/posts")) == [first.id]
    moment(step)
    second = add_published_post(app, title="Sesudah")

    for passed in (timedelta(0), -step, HOUR):
        moment(passed)
        for query in LISTS[:4]:
            assert set(ids(site.get(f"/v1/posts{query}"))) == {first.id, second.id}
        assert site.get("/v1/posts?count=exact").json["data"] != []


@pytest.mark.parametrize("ahead", [timedelta(seconds=11), timedelta(minutes=5), timedelta(days=3)])
def test_nodes_whose_clocks_differ_show_what_the_other_has_published(
    app: Flask, site: Caller, environment: dict[str, str], moment: Moment, ahead: timedelta
) -> None:
    with second_app(environment) as other:
        elsewhere = Caller(other.test_client(), site.token)
        moment(ahead)
        early = add_published_post(other, title="Jam cepat")
        assert ids(elsewhere.get("/v1/posts")) == [early.id]
        moment(-ahead)
        assert ids(site.get("/v1/posts")) == [early.id]
        late = add_published_post(app, title="Jam tepat")
        for caller in (site, elsewhere):
            assert set(ids(caller.get("/v1/posts"))) == {early.id, late.id}
        tags = {caller.get("/v1/posts").headers["ETag"] for caller in (site, elsewhere)}
        assert len(tags) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_schedule_that_was_carried_out_stays_with_its_addresses(
    app: Flask, site: Caller, moment: Moment, step: timedelta
) -> None:
    post, document = add_post(app), add_document(app)
    schedule(app, post, HOUR)
    schedule(app, document, HOUR, kind=DOCUMENT)
    renamed = add_published_post(app, title="Lama")
    with app.app_context():
        changed = update_item(POST, CENTRAL, renamed.id, {"title": "Baru", "slug": "baru-sekali"}, seen(renamed)).item
    schedule(app, changed, HOUR)
    moment(HOUR)
    work(app)

    moment(step)
    for _kept in (False, True):
        assert set(ids(site.get("/v1/posts"))) == {post.id, renamed.id}
        assert ids(site.get("/v1/documents")) == [document.id]
        assert site.get(f"/v1/posts/{renamed.id}").json["data"]["title"] == "Baru"
        assert [resolved(site, item) for item in (post, document, changed)] == [200, 200, 200]


@pytest.mark.parametrize("step", STEPS)
def test_an_end_that_was_carried_out_is_one_for_good(app: Flask, site: Caller, moment: Moment, step: timedelta) -> None:
    post = add_published_post(app)
    schedule(app, post, None, HOUR)
    moment(HOUR)
    work(app)

    moment(step)
    assert ids(site.get("/v1/posts")) == []
    assert site.get(f"/v1/posts/{post.id}").status_code == 410


@pytest.mark.parametrize("seconds", [1, 59])
def test_a_schedule_that_was_seen_stays_over_a_small_step_back_also_in_a_new_process(
    app: Flask, site: Caller, environment: dict[str, str], moment: Moment, seconds: int
) -> None:
    """The worker has not come by; only somebody else has written since."""
    post = add_post(app, title="Rencana")
    schedule(app, post, HOUR)
    moment(HOUR)
    assert ids(site.get("/v1/posts")) == [post.id]
    add_published_document(app)

    moment(-timedelta(seconds=seconds))
    with second_app(environment) as other:
        for caller in (site, Caller(other.test_client(), site.token)):
            for _kept in (False, True):
                assert ids(caller.get("/v1/posts")) == [post.id]
                assert caller.get(f"/v1/posts/{post.id}").status_code == 200


def test_many_schedules_stay_hidden_whatever_was_published_by_a_fast_clock(
    app: Flask, site: Caller, moment: Moment
) -> None:
    for number in range(5):
        schedule(app, add_post(app, title=f"Rencana {number}"), timedelta(days=1))
    moment(timedelta(days=3))
    shown = add_published_post(app, title="Jam cepat")
    moment(-timedelta(days=3))

    for query in LISTS:
        if "banjir" not in query:
            assert ids(site.get(f"/v1/posts{query}")) == [shown.id], query
    with app.app_context():
        changed = update_item(POST, CENTRAL, shown.id, {"title": "Lagi"}, seen(shown)).item
        publish_item(POST, CENTRAL, shown.id, seen(changed), **NEWS)
    assert ids(site.get("/v1/posts?sort=-updated_at")) == [shown.id]
