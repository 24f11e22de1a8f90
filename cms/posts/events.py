"""When and where something takes place: the `event` of a post, its day, and the span by which lists find it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cms.core import clock
from cms.core.errors import InputError
from cms.core.runtime import runtime
from cms.editorial.content_types import Content
from cms.publishing.rendered_items import LONGEST_EVENT, Span

FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 28, tzinfo=UTC)
"""What lies beyond them counts as one of them: their days exist in every zone."""
NO_EVENT: dict[str, Any] = {"begin": None, "end": None, "place": None}


def event_faults(content: Content) -> list[InputError]:
    """An event that ends before it begins or lasts too long, has an end alone, or contradicts `event_date`."""
    begin, end = _moments(content)
    if begin is None:
        return [] if end is None else [InputError("pointer", "/event/begin", "needed_with", {"other": "event.end"})]
    faults = []
    if end is not None and end <= begin:
        faults.append(InputError("pointer", "/event/end", "not_before", {"other": "event.begin"}))
    elif end is not None and end - begin > LONGEST_EVENT:
        latest = {"other": clock.rfc3339(begin + LONGEST_EVENT)}
        faults.append(InputError("pointer", "/event/end", "not_after", latest))
    day = _day(begin).isoformat()
    if content["event_date"] not in (None, day):
        faults.append(InputError("pointer", "/event_date", "other_day", {"other": "event.begin", "expected": day}))
    return faults


def event_day(content: Content) -> str | None:
    """The day of the event, `YYYY-MM-DD`: the one that was given, else the city's day on which it begins."""
    begin, _end = _moments(content)
    given: str | None = content["event_date"]
    return _day(begin).isoformat() if given is None and begin is not None else given


def event_span(content: Content) -> Span | None:
    """From when to when it takes place. Without hours it lasts the whole day, without an end until the day is over."""
    begin, end = _moments(content)
    if begin is None:
        if content["event_date"] is None:
            return None
        begin = midnight(date.fromisoformat(content["event_date"]))
    return Span(begin, end or midnight(_day(begin) + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """When a day begins in the city."""
    return datetime.combine(min(max(day, FIRST.date()), LAST.date()), time.min, _zone())


def _day(moment: datetime) -> date:
    return min(max(moment, FIRST), LAST).astimezone(_zone()).date()


def _moments(content: Content) -> tuple[datetime | None, datetime | None]:
    event = content["event"] or NO_EVENT
    begin, end = (None if event[name] is None else datetime.fromisoformat(event[name]) for name in ("begin", "end"))
    return begin, end


def _zone() -> ZoneInfo:
    return ZoneInfo(runtime().settings.city_timezone)
