"""Streams of events: what is told, to whom, from which position, and when a stream ends."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from cms.changes.services import renew_epoch
from cms.consumers.models import DeliveryKey, Scope
from cms.consumers.services import revoke_key, rotate_key, update_consumer
from cms.core.db import unit_of_work
from cms.core.permissions import system_actor
from cms.editorial.reposts.services import repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from cms.streams import waiters
from tests.conftest import NOW
from tests.factories import CENTRAL, add_consumer, add_key, add_post, add_published_document, add_published_post, seen
from tests.people import Caller, People
from tests.stateful.kept_machine import ADMIN
from tests.streams.conftest import Open

ENDS_WITHIN = 1.0
PATIENCE = 12.0
"""Seconds more that a machine with many tests may take."""


def newest(site: Caller) -> str:
    answer = site.get("/v1/posts")
    return f"{answer.headers['Content-Epoch']}-{answer.headers['Content-Seq']}"


def test_a_stream_tells_the_lines_of_the_log(app: Flask, site: Caller, streams: Open) -> None:
    reader = streams(site.token)
    item = add_published_post(app)
    add_post(app, title="Konsep")
    document = add_published_document(app)

    events = reader.heard(2)
    lines = site.get("/v1/changes").json["data"]
    assert [event.data for event in events] == lines
    assert [event.data["id"] for event in events] == [item.id, document.id]
    epoch = site.get("/v1/posts").headers["Content-Epoch"]
    assert [event.id for event in events] == [f"{epoch}-{line['sequence']}" for line in lines]
    assert {event.event for event in events} == {"change"}


def test_its_head_lets_nothing_be_kept_or_held_back(site: Caller, streams: Open) -> None:
    headers = streams(site.token).answer.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert f"{headers['Content-Epoch']}-{headers['Content-Seq']}" == newest(site)


def test_it_begins_with_a_position_and_with_when_to_come_back(site: Caller, streams: Open) -> None:
    first = [streams(site.token).blocks[0] for _ in range(8)]
    assert {block.id for block in first} == {newest(site)}
    retries = {block.retry for block in first}
    # Each its own: after a restart they do not come back at once.
    assert len(retries) > 1
    assert all(retry is not None and 1_000 <= retry < 5_000 for retry in retries)


def test_it_goes_on_after_the_last_event(app: Flask, site: Caller, streams: Open) -> None:
    reader = streams(site.token)
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(3)]
    first = reader.heard(3)[0]
    again = streams(site.token, Last_Event_ID=first.id)
    assert [event.data["id"] for event in again.heard(2)] == [item.id for item in items[1:]]
    # What a browser sends when it comes back: its address still names the beginning.
    both = streams(site.token, f"?after={reader.blocks[0].id}", Last_Event_ID=first.id)
    assert [event.data["id"] for event in both.heard(2)] == [item.id for item in items[1:]]
    whole = streams(site.token, f"?after={reader.blocks[0].id}")
    assert [event.data["id"] for event in whole.heard(3)] == [item.id for item in items]


def test_many_lines_come_in_order_and_once(app: Flask, site: Caller, streams: Open, monkeypatch: Any) -> None:
    monkeypatch.setattr("cms.streams.watch.LINES", 3)
    begin = newest(site)
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(10)]
    reader = streams(site.token, f"?after={begin}")
    assert [event.data["id"] for event in reader.heard(10)] == [item.id for item in items]


def test_filters_and_keys_narrow_it(app: Flask, people: People, site: Caller, streams: Open) -> None:
    documents = streams(site.token, "?type=document")
    of_dishub = streams(site.token, "?agency=dishub&type=post")
    key_of_dishub = streams(people.website(agencies=["dishub"]).token)
    mine = add_published_post(app)
    theirs = add_published_post(app, agency="dishub", title="Lain")
    document = add_published_document(app)

    assert [event.data["id"] for event in documents.heard()] == [document.id]
    assert [event.data["id"] for event in of_dishub.heard()] == [theirs.id]
    with app.app_context():
        repost_item(POST, CENTRAL, mine.id, "dishub")
    heard = [(event.data["action"], event.data["id"]) for event in key_of_dishub.heard(2)]
    # It carries that item now, and is told nothing of the document.
    assert heard == [("post.published", theirs.id), ("post.reposted", mine.id)]


def test_pings_keep_it_alive_and_move_the_position(
    app: Flask, site: Caller, streams: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiters, "PING_SECONDS", 0.1)
    monkeypatch.setattr("cms.streams.rounds.TICK_SECONDS", 0.1)
    reader = streams(site.token, "?type=document")
    add_published_post(app)
    reader.wait(lambda each: each.last_id == newest(site))
    assert [block.comment for block in reader.blocks if block.comment] != []
    assert reader.events == []
    reader.wait(lambda each: each.blocks[-1].comment == "ping" and each.blocks[-1].id is None)


@pytest.mark.parametrize("how", ["revoked", "narrowed", "switched off", "expired", "another epoch"])
def test_it_ends_with_the_key(app: Flask, people: People, site: Caller, streams: Open, how: str, moment: Any) -> None:
    consumer = add_consumer(app)
    key_id, token = add_key(app, consumer, expires_at=NOW + timedelta(hours=1))
    reader, other = streams(token), streams(site.token)
    began = time.monotonic()
    with app.app_context():
        if how == "revoked":
            revoke_key(ADMIN, consumer, key_id, frozenset({1}))
        elif how == "narrowed":
            with unit_of_work() as unit:
                unit.session.execute(update(DeliveryKey).where(DeliveryKey.id == key_id).values(agencies=["dpu"]))
            update_consumer(ADMIN, consumer, frozenset({1}), {"name": "Situs lain"})
        elif how == "switched off":
            update_consumer(ADMIN, consumer, frozenset({1}), {"is_active": False})
        elif how == "another epoch":
            renew_epoch(system_actor("test"), "restored")
        else:
            moment(timedelta(hours=2))
    assert reader.ends() - began < ENDS_WITHIN + PATIENCE
    assert not reader.was_broken
    again = streams(token, Last_Event_ID=reader.last_id)
    expected = {"narrowed": (200, None), "another epoch": (410, "position_expired")}
    assert (again.status, again.problem.get("code")) == expected.get(how, (401, "invalid_token"))
    if how != "another epoch":
        add_published_post(app)
        assert len(other.heard()) == 1
        assert other.ended_at is None


def test_a_key_that_is_rotated_goes_on_until_it_ends(app: Flask, site: Caller, streams: Open, moment: Any) -> None:
    consumer = add_consumer(app)
    key_id, token = add_key(app, consumer)
    reader = streams(token)
    with app.app_context():
        rotate_key(ADMIN, consumer, key_id, frozenset({1}), overlap_days=1)
    add_published_post(app)
    assert len(reader.heard()) == 1
    time.sleep(ENDS_WITHIN)
    assert reader.ended_at is None
    moment(timedelta(days=2))
    reader.ends()


def test_what_is_scheduled_is_told_on_the_second(app: Flask, site: Caller, streams: Open, moment: Any) -> None:
    item = add_post(app)
    begins = NOW + timedelta(minutes=5)
    with app.app_context():
        schedule_item(POST, CENTRAL, item.id, seen(item), Schedule(begins, None, "Asia/Makassar"))
    reader = streams(site.token)
    # No worker runs here: the look itself has it carried out.
    moment(timedelta(minutes=6))
    (event,) = reader.heard()
    assert (event.data["id"], event.data["cause"]) == (item.id, "schedule")


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("?after=5", {}, 400, "invalid_parameter"),
        ("?wait=5", {}, 400, "invalid_parameter"),
        ("?limit=5", {}, 400, "invalid_parameter"),
        ("?type=user", {}, 400, "invalid_parameter"),
        ("", {"Last_Event_ID": "5"}, 400, "invalid_parameter"),
        ("", {"Last_Event_ID": "a-" + "1" * 30}, 400, "invalid_parameter"),
        ("", {"Last_Event_ID": "other-1"}, 410, "position_expired"),
        ("?after=other-1", {}, 410, "position_expired"),
    ],
)
def test_what_makes_no_sense_is_refused(
    site: Caller, streams: Open, query: str, headers: dict[str, str], status: int, code: str
) -> None:
    refused = streams(site.token, query, **headers)
    assert (refused.status, refused.problem["code"]) == (status, code)


def test_a_position_that_nobody_was_given_is_refused(site: Caller, streams: Open) -> None:
    epoch, _, sequence = newest(site).partition("-")
    refused = streams(site.token, Last_Event_ID=f"{epoch}-{int(sequence) + 1_000}")
    assert (refused.status, refused.problem["code"]) == (400, "invalid_position")


def test_it_asks_for_the_same_keys_as_all_of_the_plane(people: People, site: Caller, streams: Open) -> None:
    assert streams(None).problem["code"] == "unauthenticated"
    assert streams("smp_wrong").problem["code"] == "invalid_token"
    files = people.website(scopes=[Scope.FILES_READ])
    assert (streams(files.token).status, streams(files.token).problem["code"]) == (403, "scope_missing")


def test_pages_of_registered_origins_may_read_it(app: Flask, streams: Open) -> None:
    _id, token = add_key(app, add_consumer(app, origins=["https://dpu.example.go.id"]))
    ours = streams(token, Origin="https://dpu.example.go.id")
    assert ours.answer.headers["Access-Control-Allow-Origin"] == "https://dpu.example.go.id"
    assert streams(token, Origin="https://lain.example").answer.headers["Access-Control-Allow-Origin"] is None
    refused = streams("smp_wrong", Origin="https://dpu.example.go.id")
    assert (refused.status, refused.answer.headers["Access-Control-Allow-Origin"]) == (401, "https://dpu.example.go.id")
