"""The calendar: what takes place, when and where, cancelled when it was withdrawn, read by the icalendar library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from icalendar import Calendar, Event

from cms.editorial.items.services import update_item
from cms.feeds.agenda import event_of
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.delivery.carrying import carry, edit, take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.factories import CENTRAL, add_post, add_published_document, add_published_post, seen
from tests.feeds.test_hostile_texts import texts
from tests.people import People

AGENDA = "/v1/feeds/agenda.ics"
Moment = Callable[[timedelta], None]
pytestmark = pytest.mark.usefixtures("city")
HOURS = {"begin": "2026-12-01T01:00:00Z", "end": "2026-12-01T03:00:00Z", "place": "Taman Bekapai; panggung, utara"}


def calendar(client: Any, query: str = "") -> Calendar:
    """The calendar as a program of a subscriber reads it; no line is longer than 75 octets."""
    answer = client.get(f"{AGENDA}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    found = Calendar.from_ical(answer.data)
    assert isinstance(found, Calendar)
    assert found.errors == []
    assert all(event.errors == [] for event in found.events)
    return found


def summaries(client: Any, query: str = "") -> list[str]:
    return [str(event["SUMMARY"]) for event in calendar(client, query).events]


def test_an_event_has_its_hours_and_its_place(app: Flask, client: FlaskClient) -> None:
    item = add_published_post(app, kind="agenda", title="Festival; musik, & \\ tari", event=HOURS, tags=["budaya"])
    (event,) = calendar(client).events

    assert (event.start, event.end) == (datetime(2026, 12, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, 3, tzinfo=UTC))
    assert event["SUMMARY"] == "Festival; musik, & \\ tari"
    assert event["LOCATION"] == "Taman Bekapai; panggung, utara"
    assert event["UID"] == f"urn:uuid:{item.id}"
    assert event["URL"] == f"http://localhost/go/{item.id}"
    assert event["STATUS"] == "CONFIRMED"
    assert "Sumber: Dinas Dpu" in event["DESCRIPTION"]
    assert event.DTSTAMP == event.LAST_MODIFIED == datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_a_day_without_hours_is_a_whole_day_and_a_beginning_alone_has_no_end(app: Flask, client: FlaskClient) -> None:
    add_published_post(app, kind="agenda", title="Hari Pohon", event_date="2026-11-28")
    add_published_post(app, kind="agenda", title="Rapat", event={"begin": "2026-11-29T16:30:00Z", "end": None})
    whole, evening = calendar(client).events

    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (date(2026, 11, 28), date(2026, 11, 29))
    assert evening["DTSTART"].dt == datetime(2026, 11, 29, 16, 30, tzinfo=UTC)
    assert "DTEND" not in evening


def test_a_calendar_tells_its_name_its_zone_and_how_often_to_ask(client: FlaskClient) -> None:
    found = calendar(client, "?agency=dpu")

    assert found["X-WR-CALNAME"] == found["NAME"] == "Dinas Dpu: Agenda"
    assert found["X-WR-TIMEZONE"] == "Asia/Makassar"
    text = client.get(AGENDA).text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text
    assert f"SOURCE;VALUE=URI:http://localhost{AGENDA}" in text
    assert calendar(client)["UID"] != found["UID"]


def test_what_was_withdrawn_is_cancelled_and_what_is_gone_is_gone(
    app: Flask, client: FlaskClient, moment: Moment
) -> None:
    item = add_published_post(app, kind="agenda", title="Festival", event=HOURS)
    gone = add_published_post(app, kind="agenda", title="Keliru", event=HOURS)
    before = next(event for event in calendar(client).events if event["UID"] == f"urn:uuid:{item.id}")
    moment(timedelta(minutes=1))
    edit(app, item, title="Festival Musik")
    moment(timedelta(minutes=1))
    take_back(app, item, Standing.WITHDRAWN, "Dibatalkan karena hujan.")
    take_back(app, gone, Standing.GONE, "Keliru.")
    (after,) = calendar(client).events

    assert after["UID"] == before["UID"]
    assert after["STATUS"] == "CANCELLED"
    assert str(after["DESCRIPTION"]).startswith("Dibatalkan karena hujan.")
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 2)
    assert timedelta(minutes=2) == after.LAST_MODIFIED - before.LAST_MODIFIED


def test_the_sequence_counts_revisions_whatever_the_clock_says(app: Flask, client: FlaskClient, moment: Moment) -> None:
    item = add_published_post(app, kind="agenda", title="Festival", event=HOURS)
    add_published_post(app, kind="agenda", title="Lain", event={**HOURS, "begin": "2026-12-01T02:00:00Z"})
    told = [[event["SEQUENCE"] for event in calendar(client).events]]
    # Three editions within one second are three revisions; time alone is none.
    for title in ("Festival Musik", "Festival Tari", "Festival Musik dan Tari"):
        edit(app, item, title=title)
        told.append([event["SEQUENCE"] for event in calendar(client).events])
    moment(timedelta(days=1))
    told.append([event["SEQUENCE"] for event in calendar(client).events])

    assert told == [[0, 0], [1, 0], [2, 0], [3, 0], [3, 0]]


def test_a_schedule_is_a_revision_from_its_moment_on(app: Flask, client: FlaskClient, moment: Moment) -> None:
    item = add_published_post(app, kind="agenda", title="Festival", event=HOURS)
    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, {"title": "Festival Musik"}, seen(item)).item
    schedule(app, changed, timedelta(hours=1))
    assert [event["SEQUENCE"] for event in calendar(client).events] == [0]

    moment(timedelta(hours=1))
    (event,) = calendar(client).events
    assert (str(event["SUMMARY"]), event["SEQUENCE"]) == ("Festival Musik", 1)


def test_the_calendar_has_what_its_filters_say_and_no_drafts(app: Flask, client: FlaskClient) -> None:
    add_published_post(app, kind="agenda", title="A", event=HOURS, tags=["budaya"], category="infrastruktur")
    carry(app, add_published_post(app, kind="agenda", title="B", event=HOURS, agency="dishub"), "dpu")
    add_published_post(app, kind="pengumuman", title="C", event=HOURS)
    add_published_post(app, kind="agenda", title="Tanpa hari")
    add_published_document(app, title="D")
    add_post(app, kind="agenda", title="Draf", event=HOURS)

    assert summaries(client) == ["A", "B"]
    assert summaries(client, "?agency=dishub") == ["B"]
    assert summaries(client, "?channel=dpu") == ["A", "B"]
    assert summaries(client, "?tag=budaya&category=infrastruktur") == ["A"]
    assert summaries(client, "?kind=pengumuman,agenda") == ["A", "B", "C"]
    assert client.get(f"{AGENDA}?kind=rumor").status_code == 400
    assert client.get(f"{AGENDA}?limit=5").status_code == 400


def test_what_is_over_leaves_after_ninety_days_at_midnight_of_the_city(
    app: Flask, client: FlaskClient, moment: Moment
) -> None:
    add_published_post(app, kind="agenda", title="Lama", event_date="2026-08-27")
    known = client.get(AGENDA).headers["ETag"]
    # It is nine in the morning of the 24th in Balikpapan.
    moment(timedelta(hours=38))
    assert summaries(client) == ["Lama"]
    late = client.get(AGENDA)
    assert late.headers["ETag"] != known
    moment(timedelta(minutes=59, seconds=50))
    assert "max-age=10," in client.get(AGENDA).headers["Cache-Control"]
    moment(timedelta(seconds=10))
    assert client.get(AGENDA, headers={"If-None-Match": late.headers["ETag"]}).status_code == 200
    assert summaries(client) == []


def test_what_is_scheduled_comes_on_the_second(app: Flask, client: FlaskClient, moment: Moment) -> None:
    schedule(app, add_post(app, kind="agenda", title="Besok", event=HOURS), timedelta(hours=1))
    assert summaries(client) == []

    moment(timedelta(hours=1))
    assert summaries(client) == ["Besok"]


def test_a_program_that_sends_no_headers_at_all_is_answered_and_a_key_narrows(
    app: Flask, client: FlaskClient, people: People
) -> None:
    narrow = people.website(agencies=["dishub"])
    add_published_post(app, kind="agenda", title="A", event=HOURS)
    add_published_post(app, kind="agenda", title="B", event=HOURS, agency="dishub")

    assert summaries(client) == ["A", "B"]
    assert summaries(narrow) == ["B"]
    known = client.get(AGENDA).headers["ETag"]
    assert client.get(AGENDA, headers={"If-None-Match": known}).status_code == 304


@settings(deadline=None)
@given(text=texts)
def test_whatever_stands_in_a_title_is_read_back(text: str) -> None:
    card = {
        "id": "019ac1a0-7c00-7000-8000-000000000002", "title": text, "summary": text, "credit_line": text, "tags": [],
        "canonical_url": "https://dpu.example/1", "event": {**HOURS, "place": text}, "event_date": "2026-12-01",
        "published_at": "2026-11-24T01:00:00Z", "changed_at": "2026-11-24T01:00:00.000001Z",
        "withdrawn": {"explanation": text},
    }  # fmt: skip
    written = event_of(card, 3).to_ical()

    again = Event.from_ical(written)
    assert isinstance(again, Event)
    assert again.errors == []
    assert again["UID"] == "urn:uuid:019ac1a0-7c00-7000-8000-000000000002"
    assert str(again["URL"]) == "https://dpu.example/1"
    assert (again["STATUS"], again["SEQUENCE"]) == ("CANCELLED", 3)
    assert again.to_ical() == written
