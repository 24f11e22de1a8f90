"""Events of posts: whatever people may enter has a span that a list can be asked for, or is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cms.core import clock
from cms.posts.content import POST
from cms.posts.events import event_day, event_faults, event_span
from cms.publishing.rendered_items import LONGEST_EVENT

MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC)).map(clock.rfc3339)
DAYS = st.none() | st.dates().map(date.isoformat)


@given(
    begin=MOMENTS, end=MOMENTS, day=DAYS, length=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=400))
)
def test_every_event_that_is_not_refused_has_a_span_of_a_year_at_most(
    migrated_app: Flask, begin: str | None, end: str | None, day: str | None, length: timedelta | None
) -> None:
    if begin is not None and length is not None:
        try:
            end = clock.rfc3339(datetime.fromisoformat(begin) + length)
        except OverflowError:
            return
    content: dict[str, Any] = POST.completed({"event": {"begin": begin, "end": end}, "event_date": day})
    with migrated_app.app_context():
        if event_faults(content):
            return
        span = event_span(content)
        assert (span is None) is (event_day(content) is None)
        if span is not None:
            assert isinstance(clock.micros(span.begins), int)
            assert span.ends - span.begins <= LONGEST_EVENT
            if span.begins.year < 9999:
                assert span.begins < span.ends
