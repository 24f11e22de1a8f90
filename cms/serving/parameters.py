"""Fields of queries that several readers take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from cms.core import clock
from cms.core.http.field_rules import rule
from cms.core.http.fields import MESSAGES, CommaSeparated
from cms.core.ids import SLUG_PATTERN

SLUGS: Final[dict[str, Any]] = {"pattern": SLUG_PATTERN, "expected": "slugs, separated by commas"}
"""What a field of slugs (`cms.core.http.fields.Words`) takes."""


class Names(CommaSeparated):
    """Comma-separated names out of a closed list; becomes a tuple in the given order, without doubles."""

    def __init__(self, allowed: Iterable[str], **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        self.allowed = tuple(allowed)
        super().__init__(**kwargs)

    def value_schema(self) -> dict[str, Any]:
        """One of the names."""
        return {"type": "string", "enum": list(self.allowed)}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        # Doubles are accepted, but a list of thousands is refused unread.
        names = tuple(dict.fromkeys(value.split(",", 2 * len(self.allowed))))
        if any(name not in self.allowed for name in names):
            raise ValidationError(rule("not_allowed", allowed=", ".join(self.allowed)))
        return names


def shown_fields(allowed: Iterable[str]) -> Names:
    """The parameter `fields`."""
    return Names(
        allowed,
        data_key="fields",
        attribute="fields",
        metadata={"description": "Only these fields, separated by commas.", "example": "id,title,published_at"},
    )


def micros_of(name: str, value: datetime | date, zone: ZoneInfo) -> int:
    """A moment in microseconds since 1970. Before a day is before it begins, after a day when it is over."""
    if isinstance(value, datetime):
        return clock.micros(value)
    midnight = clock.micros(datetime.combine(value, time.min, zone))
    return midnight + timedelta(days=1) // timedelta(microseconds=1) if name.endswith("_after") else midnight
