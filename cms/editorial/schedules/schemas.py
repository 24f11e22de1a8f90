"""Schedules on the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import ValidationError, fields, post_load

from cms.core.errors import InputError, Invalid
from cms.core.http.field_rules import rule
from cms.core.http.fields import Choice, Moment, Text
from cms.core.http.schemas import StrictSchema

LONGEST_TEXT = 2_000
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_EXAMPLES = {"publish_at": "2026-12-01T08:00:00", "unpublish_at": "2026-12-31T23:59:00+08:00"}


# Names in the zone data for the server's own zone and for a zone that nobody has set.
_NO_PLACES = frozenset({"localtime", "Factory"})


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES


class Zone(Text):
    """An IANA time zone such as `Asia/Makassar`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        zone = super()._deserialize(value, attr, data, **kwargs)
        if zone not in _zones():
            raise ValidationError("unknown_zone")
        return zone


class ZonedMoment(fields.String):
    """An instant with its offset, or a local time of the schedule's zone; becomes a datetime with or without offset."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or _LOCAL.fullmatch(value) is None:
            return Moment()._deserialize(value, attr, data, **kwargs)  # noqa: SLF001 - the same field, as a part of this one
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise ValidationError(rule("bad_format", expected="a time that exists")) from None


def _moment(name: str, description: str) -> ZonedMoment:
    metadata = {"description": description, "example": _EXAMPLES[name]}
    return ZonedMoment(allow_none=True, load_default=None, metadata=metadata)


class ScheduleSchema(StrictSchema):
    """Schedules when readers get the newest edition, and until when."""

    publish_at = _moment("publish_at", "When readers get it; null: only the end is scheduled, of what they have now.")
    unpublish_at = _moment("unpublish_at", "When it is gone again; null: never.")
    timezone = Zone(
        min=1,
        max=63,
        load_default="Asia/Makassar",
        metadata={
            "description": "Zone in which times without an offset are meant, and in which people read the schedule."
        },
    )
    explanation = Text(
        min=1,
        max=LONGEST_TEXT,
        lines=True,
        allow_none=True,
        load_default=None,
        metadata={"description": "The explanation for readers after the end; a general sentence by default."},
    )
    change_note = Text(
        max=LONGEST_TEXT, lines=True, allow_none=True, load_default=None, metadata={"description": "As for `publish`."}
    )
    update = Choice(("major", "minor"), load_default=None, metadata={"description": "As for `publish`."})

    @post_load
    def to_instants(self, values: dict[str, Any], **_rest: Any) -> dict[str, Any]:
        """Read local times in the zone. Raises `Invalid` for a time that its clocks skip."""
        zone = ZoneInfo(values["timezone"])
        for name in ("publish_at", "unpublish_at"):
            if values[name] is not None and values[name].tzinfo is None:
                values[name] = _instant(name, values[name], zone)
        return values


def _instant(name: str, local: datetime, zone: ZoneInfo) -> datetime:
    try:
        instant = local.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local:
            return instant
    except OverflowError:
        pass
    raise Invalid(errors=[InputError("pointer", f"/{name}", "no_such_time")])
