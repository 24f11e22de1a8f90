"""Column values as the hot path's `Reader` returns them: raw driver values, which differ where SQLite lacks the type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson


def json_value(raw: Any) -> Any:
    """The content of a JSON column: PostgreSQL's driver has parsed it already, SQLite's gives its text."""
    return orjson.loads(raw) if isinstance(raw, str | bytes) else raw


def moment_value(raw: Any) -> datetime:
    """The moment in a `UTCDateTime` column that is never null, aware and in UTC."""
    moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def day_value(raw: Any) -> date | None:
    """The day in a `Date` column."""
    return date.fromisoformat(raw) if isinstance(raw, str) else raw
