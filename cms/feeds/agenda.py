"""The calendar of what takes place (iCalendar, RFC 5545 and 7986), for programs that ask for it again and again.

Hours are UTC: every program knows them, and none has to trust a description of a zone. A day without hours is a day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import orjson
from icalendar import STATUS, TRANSP, Calendar, Event, vDuration

from cms.core import clock
from cms.feeds.about import LANGUAGE, About, about_feed
from cms.feeds.parameters import Query
from cms.feeds.questions import selection_of
from cms.feeds.texts import readable
from cms.publishing.delivered import DeliveredType
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import own_address
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

MEDIA_TYPE: Final = "text/calendar"
PRODUCT: Final = "-//Simpul//Agenda//ID"
PAST: Final = timedelta(days=90)
"""For how long a calendar still has what is over."""
REFRESH: Final = timedelta(hours=1)
MOST: Final = 1_000
DELETE: Final = "\x7f"
"""The only character that XML can hold and a calendar cannot."""


def read_agenda(request: DeliveryRequest, delivered: DeliveredType, query: Query) -> FinishedAnswer:
    """What takes place from three months ago on, the first first; what was withdrawn is cancelled, not missing."""
    sources = request.sources
    since = _since(sources)
    more: dict[str, Any] = {"event_after": since, "sort": "event_from", "descending": False, "limit": MOST}
    selection = selection_of(sources, delivered, query, **more)
    sources.expect_page(selection)
    about = about_feed(sources, delivered, query)
    basis = Basis((), ("feeds", delivered.topic), media_type=MEDIA_TYPE)

    def compute(_sequence: int) -> Body:
        calendar = _calendar(about, own_address(request), str(sources.zone))
        cards = [orjson.loads(text) for text in sources.page(selection).items]
        written = sources.revisions(selection, [card["id"] for card in cards])
        for card in cards:
            calendar.add_component(event_of(card, written[card["id"]]))
        return Body(calendar.to_ical(), [])

    return respond(request, basis, compute)


def _since(sources: Sources) -> int:
    """The midnight of the city from which on the calendar has what takes place; the answer holds until the next one."""
    today = clock.from_micros(sources.now).astimezone(sources.zone).date()
    begins, ends, first = (_midnight(today + days, sources) for days in (timedelta(0), timedelta(days=1), -PAST))
    sources.dependencies.note_end(begins, ends)
    sources.dependencies.note_fact("agenda since", first)
    return first


def _midnight(day: date, sources: Sources) -> int:
    return clock.micros(datetime.combine(day, time.min, sources.zone))


def _calendar(about: About, address: str, zone: str) -> Calendar:
    title = about.title.replace(DELETE, "")
    calendar = Calendar.new(prodid=PRODUCT, uid=about.id, name=title, language=LANGUAGE, url=about.home)
    # Programs of three houses, three names for the same hour; RFC 7986 wants the type of the first two said.
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("source", address, parameters={"VALUE": "URI"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add("x-wr-timezone", zone)
    return calendar


def event_of(card: dict[str, Any], revision: int) -> Event:
    """The entry of a card. `revision`, its `SEQUENCE`, is how often readers have had it written anew: it only grows (RFC 5545, 3.8.7.4)."""
    card = readable(card)
    begin, end = _span(card)
    published_at, changed_at = (datetime.fromisoformat(card[name]) for name in ("published_at", "changed_at"))
    withdrawn = card["withdrawn"]
    return Event.new(
        uid=f"urn:uuid:{card['id']}",
        summary=_text(card["title"]),
        start=begin,
        end=end,
        location=_text((card["event"] or {}).get("place")),
        description=_text(_description(card)),
        url=card["canonical_url"],
        categories=card["tags"],
        status=STATUS.CANCELLED if withdrawn else STATUS.CONFIRMED,
        # It takes nobody's time who only follows the city.
        transparency=TRANSP.TRANSPARENT,
        created=published_at,
        stamp=changed_at,
        last_modified=changed_at,
        sequence=revision,
    )


def _span(card: dict[str, Any]) -> tuple[date | datetime, date | datetime | None]:
    """Beginning and end: moments, or a day and the day after it."""
    event = card["event"] or {}
    if event.get("begin") is None:
        day = date.fromisoformat(card["event_date"])
        return day, None if day == date.max else day + timedelta(days=1)
    begin, end = event["begin"], event.get("end")
    return datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None


def _description(card: dict[str, Any]) -> str:
    notice = card["withdrawn"]["explanation"] if card["withdrawn"] else None
    return "\n\n".join(text for text in (notice, card["summary"], card["credit_line"], card["canonical_url"]) if text)


def _text(text: str | None) -> str | None:
    return text.replace(DELETE, "") if text else None
