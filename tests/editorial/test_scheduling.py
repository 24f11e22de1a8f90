"""Schedules over HTTP: what is scheduled, for whom it is possible, and what the worker makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.log import read_after
from cms.changes.models import ChangeHead
from cms.core.clock import NEVER
from cms.core.db import session
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.publishing.models import Publication, PublicationTerm, PublishedItem, PublishedSlug
from cms.publishing.tasks import has_due_schedules
from tests.editorial.city import document
from tests.editorial.test_transitions import Callers, made, published
from tests.factories import NEWS

SOON = "2026-11-24T01:02:00Z"
STEP = timedelta(minutes=2)
"""Access tokens live for ten minutes of the frozen clock."""


def scheduled(callers: Callers, path: str, match: str = '"v1"', **values: Any) -> Any:
    return callers["editor"]("POST", f"{path}/schedule", {"publish_at": SOON, **values}, match=match)


def lines(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(line.action, line.actor_label) for line in read_after(0) if line.resource_type in ("post", "document")]


def work(app: Flask) -> int:
    """Be the worker until nothing is due; how many rounds it took."""
    rounds = 0
    with app.app_context():
        while has_due_schedules():
            carry_out_and_follow()
            rounds += 1
    return rounds


def due_at(app: Flask, column: str = "posts_due_at") -> Any:
    with app.app_context():
        return getattr(session.get_one(ChangeHead, 1), column)


def test_the_schedule_shows_instants_and_local_clocks(callers: Callers) -> None:
    path = made(callers["author"])

    answer = scheduled(callers, path, publish_at="2026-12-01T08:00:00", unpublish_at="2026-12-31T23:59:00+07:00")

    data = answer.json["data"]
    assert (answer.status_code, data["state"], data["published_edition"]) == (200, "scheduled", None)
    by = data["schedule"].pop("by")
    assert by["name"] == "agency_editor"
    assert data["schedule"] == {
        "publish_at": "2026-12-01T00:00:00Z", "publish_at_local": "2026-12-01T08:00:00+08:00",
        "unpublish_at": "2026-12-31T16:59:00Z", "unpublish_at_local": "2027-01-01T00:59:00+08:00",
        "timezone": "Asia/Makassar",
    }  # fmt: skip
    assert callers["author"]("GET", "posts").json["data"][0]["schedule"]["publish_at"] == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/publish_at", "needed_one_of"),
        ({"publish_at": "2026-11-24T01:00:00Z"}, "/publish_at", "in_the_past"),
        ({"publish_at": "2026-11-24T09:00:00"}, "/publish_at", "in_the_past"),
        ({"publish_at": "2200-11-24T09:00:00"}, "/publish_at", "too_far_ahead"),
        ({"publish_at": "tomorrow"}, "/publish_at", "bad_format"),
        ({"publish_at": "2026-02-31T09:00:00"}, "/publish_at", "bad_format"),
        ({"publish_at": "9999-12-31T23:59:00", "timezone": "America/Los_Angeles"}, "/publish_at", "no_such_time"),
        ({"publish_at": "2027-03-28T02:30:00", "timezone": "Europe/Berlin"}, "/publish_at", "no_such_time"),
        ({"publish_at": SOON, "timezone": "Balikpapan"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "timezone": "../etc/passwd"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "timezone": "localtime"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "timezone": "Factory"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "timezone": "posixrules"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "timezone": "posix/UTC"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "timezone": "right/Asia/Makassar"}, "/timezone", "unknown_zone"),
        ({"publish_at": SOON, "unpublish_at": SOON}, "/unpublish_at", "not_before"),
        ({"publish_at": SOON, "until": SOON}, "/until", "unknown_field"),
    ],
)
def test_moments_that_make_no_sense_are_refused(
    callers: Callers, body: dict[str, Any], pointer: str, code: str
) -> None:
    path = made(callers["author"])
    refused = callers["editor"]("POST", f"{path}/schedule", body, match='"v1"')
    assert refused.status_code in (400, 422)
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [(pointer, code)]
    assert callers["editor"]("GET", path).headers["ETag"] == '"v1"'


def test_a_schedule_needs_what_publishing_needs(callers: Callers) -> None:
    path = made(callers["author"], body=None)
    assert scheduled(callers, path).json["errors"][0]["code"] == "needed_to_publish"
    assert callers["author"]("POST", f"{path}/schedule", {"publish_at": SOON}, match='"v1"').status_code == 403
    city = made(callers["author"], channel="kota")
    assert scheduled(callers, city).status_code == 403
    live = published(callers)
    assert scheduled(callers, live, '"v2"').json["code"] == "nothing_to_publish"
    draft = made(callers["author"])
    only_end = callers["editor"]("POST", f"{draft}/schedule", {"unpublish_at": SOON}, match='"v1"')
    assert (only_end.status_code, only_end.json["code"]) == (409, "not_published")


def test_while_it_is_scheduled_the_edition_stays_as_it_is(callers: Callers) -> None:
    path = made(callers["author"])
    etag = scheduled(callers, path).headers["ETag"]
    for verb, step, body in (
        ("PATCH", "", {"title": "Lain"}), ("POST", "/submit", {}), ("POST", "/publish", {}), ("POST", "/trash", {}),
        ("DELETE", "", None),
    ):  # fmt: skip
        refused = callers["editor"](verb, f"{path}{step}", body, match=etag)
        assert (refused.status_code, refused.json["code"]) == (409, "wrong_state"), step
    assert callers["editor"]("GET", path).json["data"]["allowed_actions"] == ["schedule", "unschedule", "preview"]
    assert callers["author"]("GET", path).json["data"]["allowed_actions"] == ["preview"]


def test_the_worker_writes_one_line_in_the_name_of_who_scheduled(app: Flask, callers: Callers, moment: Any) -> None:
    path = made(callers["author"], tags=["jalan"])
    scheduled(callers, path, change_note="Baru.", unpublish_at="2026-11-24T01:04:00Z", explanation="Selesai.")
    assert due_at(app).isoformat() == "2026-11-24T01:02:00+00:00"
    assert work(app) == 0

    moment(STEP)
    assert work(app) == 1
    data = callers["author"]("GET", path).json["data"]
    assert (data["state"], data["published_edition"], data["published_at"]) == ("published", 1, SOON)
    assert (data["schedule"]["publish_at"], data["schedule"]["unpublish_at"]) == (None, "2026-11-24T01:04:00Z")
    assert due_at(app).isoformat() == "2026-11-24T01:04:00+00:00"

    moment(STEP)
    assert work(app) == 1
    data = callers["author"]("GET", path).json["data"]
    assert (data["state"], data["published_edition"], data["schedule"]) == ("unpublished", None, None)
    assert (data["unpublished_as"], data["comment"]) == ("gone", "Selesai.")
    assert due_at(app) == NEVER
    assert lines(app)[1:] == [
        ("post.scheduled", "agency_editor"), ("post.published", "agency_editor"), ("post.unpublished", "agency_editor"),
    ]  # fmt: skip
    with app.app_context():
        assert session.scalars(select(PublicationTerm)).all() == []
        assert session.scalars(select(PublishedItem)).one().explanation == "Selesai."


def test_a_late_worker_writes_beginning_and_end(app: Flask, callers: Callers, moment: Any) -> None:
    path = made(callers["author"])
    scheduled(callers, path, unpublish_at="2026-11-24T01:04:00Z")
    moment(4 * STEP)
    assert work(app) == 1
    assert [action for action, _ in lines(app)][-2:] == ["post.published", "post.unpublished"]
    data = callers["author"]("GET", path).json["data"]
    assert (data["state"], data["published_at"]) == ("unpublished", SOON)
    assert data["comment"] == "Masa tayang informasi ini telah berakhir."


def test_taking_a_schedule_back_leaves_nothing_of_it(app: Flask, callers: Callers, moment: Any) -> None:
    path = made(callers["author"])
    etag = scheduled(callers, path).headers["ETag"]

    answer = callers["editor"]("DELETE", f"{path}/schedule", match=etag)

    data = answer.json["data"]
    assert (answer.status_code, data["state"], data["schedule"]) == (200, "draft", None)
    moment(STEP)
    assert work(app) == 0
    with app.app_context():
        for table in (Publication, PublicationTerm, PublishedItem, PublishedSlug):
            assert session.scalars(select(table)).all() == [], table
    assert due_at(app) == NEVER
    again = callers["editor"]("DELETE", f"{path}/schedule", match=answer.headers["ETag"])
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")


def test_a_schedule_whose_moment_has_come_cannot_be_taken_back(app: Flask, callers: Callers, moment: Any) -> None:
    path = made(callers["author"])
    etag = scheduled(callers, path).headers["ETag"]
    moment(STEP)

    refused = callers["editor"]("DELETE", f"{path}/schedule", match=etag)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")

    taken = callers["editor"]("POST", f"{path}/unpublish", {"kind": "gone", "explanation": "Ditarik."}, match=etag)
    assert (taken.status_code, taken.json["data"]["state"]) == (200, "unpublished")
    assert [action for action, _ in lines(app)][-2:] == ["post.published", "post.unpublished"]
    assert work(app) == 0


def test_a_schedule_beside_what_readers_have_returns_to_its_draft(app: Flask, callers: Callers, moment: Any) -> None:
    path = published(callers)
    draft = callers["author"]("PATCH", path, {"title": "Baru", "slug": "alamat-baru"}, match='"v2"')
    answer = scheduled(callers, path, draft.headers["ETag"], **NEWS)
    assert (answer.json["data"]["state"], answer.json["data"]["published_edition"]) == ("scheduled", 1)
    moved = scheduled(callers, path, answer.headers["ETag"], **NEWS, publish_at="2026-11-24T01:04:00Z")
    assert moved.json["data"]["schedule"]["publish_at"] == "2026-11-24T01:04:00Z"

    back = callers["editor"]("DELETE", f"{path}/schedule", match=moved.headers["ETag"])
    assert (back.json["data"]["state"], back.json["data"]["edition"]) == ("draft", 2)
    with app.app_context():
        assert [slug.slug for slug in session.scalars(select(PublishedSlug))] == ["penutupan-jalan-mt-haryono"]
        rows = session.scalars(select(Publication)).all()
        assert [(row.edition, row.effective_until) for row in rows] == [(1, None)]

    scheduled(callers, path, back.headers["ETag"], **NEWS)
    moment(STEP)
    work(app)
    data = callers["author"]("GET", path).json["data"]
    assert (data["state"], data["published_edition"], data["published_at"]) == ("published", 2, "2026-11-24T01:00:00Z")


def test_a_scheduled_end_holds_for_the_next_edition_too(app: Flask, callers: Callers, moment: Any) -> None:
    path = published(callers)
    ended = callers["editor"]("POST", f"{path}/schedule", {"unpublish_at": SOON}, match='"v2"')
    assert ended.json["data"]["state"] == "published"
    draft = callers["author"]("PATCH", path, {"title": "Baru"}, match=ended.headers["ETag"])
    callers["editor"]("POST", f"{path}/publish", NEWS, match=draft.headers["ETag"])
    moment(STEP)
    assert work(app) == 1
    data = callers["author"]("GET", path).json["data"]
    assert (data["state"], data["published_edition"], data["schedule"]) == ("unpublished", None, None)


def test_unpublishing_drops_the_schedule(app: Flask, callers: Callers, moment: Any) -> None:
    path = published(callers)
    draft = callers["author"]("PATCH", path, {"title": "Baru"}, match='"v2"')
    etag = scheduled(callers, path, draft.headers["ETag"], **NEWS).headers["ETag"]
    taken = callers["editor"]("POST", f"{path}/unpublish", {"kind": "gone", "explanation": "Ditarik."}, match=etag)
    assert (taken.json["data"]["state"], taken.json["data"]["schedule"]) == ("draft", None)
    moment(STEP)
    assert work(app) == 0
    assert due_at(app) == NEVER


def test_documents_are_scheduled_alike(app: Flask, callers: Callers, moment: Any) -> None:
    data = callers["author"]("POST", "documents", document()).json["data"]
    scheduled(callers, f"documents/{data['id']}")
    assert (due_at(app), due_at(app, "documents_due_at").isoformat()) == (NEVER, "2026-11-24T01:02:00+00:00")
    moment(STEP)
    work(app)
    assert lines(app)[-1] == ("document.published", "agency_editor")


def test_two_items_of_one_title_have_their_own_addresses(callers: Callers) -> None:
    first, second = made(callers["author"]), made(callers["author"])
    assert scheduled(callers, first).status_code == scheduled(callers, second).status_code == 200
