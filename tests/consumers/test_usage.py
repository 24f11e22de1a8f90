"""What consumers ask for, how far their copies are, and which of them are silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cms.consumers.usage.services import purge_usage, write_copies, write_usage
from cms.core import clock
from cms.core.db import session
from cms.core.errors import Unavailable
from cms.core.permissions import Role
from cms.worker import keep_figures
from tests.conftest import note_time
from tests.factories import add_consumer, add_key, add_published_post
from tests.people import Caller, People

Moment = Callable[[timedelta], None]


def kept(app: Flask) -> None:
    """What the tasks of a web process do every minute."""
    with app.app_context():
        keep_figures()


def site_of(app: Flask, client: FlaskClient, **values: Any) -> tuple[str, Caller]:
    """A website with a key."""
    consumer_id = add_consumer(app, **values)
    return consumer_id, Caller(client, add_key(app, consumer_id)[1])


def usage_of(people: People, consumer_id: str, query: str = "", role: Role = Role.CENTRAL_EDITOR) -> dict[str, Any]:
    answer = people.person(role).get(f"/manage/v1/consumers/{consumer_id}/usage{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    found: dict[str, Any] = answer.json["data"]
    return found


def test_requests_304_errors_and_bytes_are_counted_whichever_way_they_are_answered(
    app: Flask, client: FlaskClient, people: People, city: None
) -> None:
    add_published_post(app)
    consumer_id, site = site_of(app, client)
    first = site.get("/v1/posts")
    again = site.get("/v1/posts")
    same = [site.get("/v1/posts", headers={"If-None-Match": first.headers["ETag"]}) for _ in range(3)]
    wrong = [site.get(path) for path in ("/v1/posts?limit=x", "/v1/nowhere", "/v1/posts/nothing")]
    assert [answer.status_code for answer in same] == [304] * 3
    kept(app)

    usage = usage_of(people, consumer_id, "?by=hour")

    sizes = sum(len(answer.data) for answer in (first, again, *wrong))
    (row,) = usage["rows"]
    assert row["start"] == "2026-11-24T01:00:00Z"
    assert (row["requests"], row["not_modified"], row["errors"], row["bytes"]) == (8, 3, 3, sizes)
    assert row["not_modified_share"] == 0.375
    assert 0 < row["p95_ms"] <= 5000
    assert usage["total"] == {key: value for key, value in row.items() if key != "start"}


def test_hours_are_added_up_by_days_of_the_city(
    app: Flask, client: FlaskClient, people: People, city: None, moment: Moment
) -> None:
    add_published_post(app)
    consumer_id, site = site_of(app, client)
    # Midnight in Balikpapan is 16.00 UTC.
    for hours in (0, 1, 13, 1, 1):
        moment(timedelta(hours=hours))
        site.get("/v1/posts")
        kept(app)
    moment(timedelta(hours=1))

    by_day, by_hour = usage_of(people, consumer_id), usage_of(people, consumer_id, "?by=hour")

    assert [(row["start"], row["requests"]) for row in by_day["rows"]] == [
        ("2026-11-23T16:00:00Z", 3),
        ("2026-11-24T16:00:00Z", 2),
    ]
    assert [row["requests"] for row in by_hour["rows"]] == [1] * 5
    assert by_day["total"]["requests"] == 5
    part = usage_of(people, consumer_id, "?by=hour&from=2026-11-24T02:10:00Z&to=2026-11-24T16:00:00Z")
    assert [row["start"][11:13] for row in part["rows"]] == ["02", "15"]


@pytest.mark.parametrize(
    "query",
    [
        "by=week",
        "from=2026-11-24T01:00:00Z&to=2026-11-24T01:00:00Z",
        "by=hour&from=2026-10-01T00:00:00Z&to=2026-11-24T01:00:00Z",
        "from=2024-10-01T00:00:00Z&to=2026-11-24T01:00:00Z",
        "from=yesterday",
        "since=2026-11-24T01:00:00Z",
    ],
)
def test_a_span_that_makes_no_sense_is_refused(app: Flask, people: People, city: None, query: str) -> None:
    consumer_id = add_consumer(app)

    answer = people.person(Role.ADMIN).get(f"/manage/v1/consumers/{consumer_id}/usage?{query}")

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_parameter")


def test_several_processes_add_to_the_same_hour(app: Flask, client: FlaskClient, people: People, city: None) -> None:
    consumer_id, site = site_of(app, client)
    for _ in range(3):
        site.get("/v1/whoami")
        kept(app)

    assert usage_of(people, consumer_id)["total"]["requests"] == 3


def test_what_cannot_be_written_is_written_the_next_time(
    app: Flask, client: FlaskClient, people: People, city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer_id, site = site_of(app, client)
    site.get("/v1/sync")
    runtime = app.extensions["simpul"]
    runtime.traffic.carry_on(clock.now_micros())

    def fails(*_: object) -> None:
        raise Unavailable

    with app.app_context(), monkeypatch.context() as broken:
        for name, write, what in (
            ("_add", write_usage, runtime.traffic),
            ("_keep", write_copies, app.extensions["simpul_delivery"].copies),
        ):
            broken.setattr(f"cms.consumers.usage.services.{name}", fails)
            with pytest.raises(Unavailable):
                write(what)
    kept(app)

    usage = usage_of(people, consumer_id)
    assert usage["total"]["requests"] == 1
    assert len(usage["copies"]) == 1


def test_old_figures_and_copies_that_nobody_keeps_are_removed(
    app: Flask, client: FlaskClient, city: None, moment: Moment
) -> None:
    _, site = site_of(app, client)
    site.get("/v1/sync")
    kept(app)
    for days, removed in ((89, 0), (2, 1), (310, 1)):
        moment(timedelta(days=days))
        note_time(app)
        with app.app_context():
            assert purge_usage(400) == removed
    with app.app_context():
        assert session.execute(_COUNT).scalar_one() == 0


def test_a_copy_tells_how_far_it_is_and_what_it_lacks(
    app: Flask, client: FlaskClient, people: People, city: None, moment: Moment
) -> None:
    for _ in range(3):
        add_published_post(app)
    consumer_id, site = site_of(app, client)
    page = site.get("/v1/sync?type=post&agency=dpu&limit=2")
    kept(app)

    (copy,) = usage_of(people, consumer_id)["copies"]
    assert (copy["types"], copy["filters"]) == (["post"], {"agency": ["dpu"]})
    assert (copy["behind"]["lines"], copy["behind"]["is_more"], copy["behind"]["begins_anew"]) == (1, False, False)
    assert copy["behind"]["since"] == copy["asked_at"] == "2026-11-24T01:00:00Z"

    following = page.json["links"]["next"].removeprefix("http://localhost:8000")
    news = site.get(following).json["links"]["next"].removeprefix("http://localhost:8000")
    moment(timedelta(minutes=5))
    # The second is answered from memory, the third without a body.
    answers = [site.get(news), site.get(news)]
    answers.append(site.get(news, headers={"If-None-Match": answers[0].headers["ETag"]}))
    assert [answer.status_code for answer in answers] == [200, 200, 304]
    kept(app)
    (copy,) = usage_of(people, consumer_id)["copies"]
    assert copy["behind"] == {"lines": 0, "is_more": False, "since": None, "begins_anew": False}
    assert copy["asked_at"] == "2026-11-24T01:05:00Z"

    moment(timedelta(minutes=55))
    add_published_post(app)
    (copy,) = usage_of(people, consumer_id, role=Role.AUDITOR)["copies"]
    assert (copy["behind"]["lines"], copy["behind"]["since"]) == (1, "2026-11-24T02:00:00Z")


def test_who_has_not_asked_and_whose_copy_is_behind_is_listed_with_whom_to_call(
    app: Flask, client: FlaskClient, people: People, city: None, moment: Moment
) -> None:
    for _ in range(3):
        add_published_post(app)
    never, _ = site_of(app, client, name="Situs mati")
    lazy_id, lazy = site_of(app, client, name="Situs malas")
    stuck_id, stuck = site_of(app, client, name="Situs macet")
    _, well = site_of(app, client, name="Situs sehat")
    site_of(app, client, name="Situs lama", is_active=False)
    lazy.get("/v1/posts")
    moment(timedelta(hours=30))
    for site in (stuck, well):
        site.get("/v1/sync?limit=1" if site is stuck else "/v1/sync")
    kept(app)

    central = people.person(Role.CENTRAL_EDITOR)
    found = central.get("/manage/v1/consumers/silent")

    assert found.status_code == 200
    assert {row["id"]: (row["name"], row["why"]) for row in found.json["data"]} == {
        never: ("Situs mati", "silent"),
        lazy_id: ("Situs malas", "silent"),
        stuck_id: ("Situs macet", "behind"),
    }
    assert found.json["data"][0]["contact"]["email"] == "situs@balikpapan.example"
    assert [row["last_asked_at"] for row in found.json["data"]][:2] == [None, "2026-11-24T01:00:00Z"]
    pages = [central.get(f"/manage/v1/consumers/silent?limit=2&hours={hours}").json for hours in (24, 31)]
    assert [len(page["data"]) for page in pages] == [2, 0]
    assert pages[0]["links"]["next"]
    # A site that is new has had no time to ask.
    site_of(app, client, name="Situs baru")
    assert len(central.get("/manage/v1/consumers/silent").json["data"]) == 3


_COUNT = text("SELECT (SELECT count(*) FROM consumer_usage) + (SELECT count(*) FROM consumer_copies)")
