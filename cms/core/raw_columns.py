"""Column values as the hot path's `Reader` returns them: raw driver values, which differ where SQLite lacks the type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, Boolean, Date, Table
from sqlalchemy.types import TypeEngine

from cms.core.clock import from_micros
from cms.core.types import EpochMicros, UTCDateTime

Converter = Callable[[Any], Any]


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


def _same(raw: Any) -> Any:
    return raw


def _or_none(convert: Converter) -> Converter:
    return lambda raw: None if raw is None else convert(raw)


def converters_of(table: Table) -> Sequence[tuple[str, Converter]]:
    """Each column of a table in order, and what turns the driver's value into the one that the ORM would give."""
    return [(column.name, _converter_of(column.type)) for column in table.columns]


def _converter_of(type_: TypeEngine[Any]) -> Converter:
    for kind, convert in _CONVERTERS:
        if isinstance(type_, kind):
            return _or_none(convert)
    return _same


_CONVERTERS: Sequence[tuple[type[TypeEngine[Any]], Converter]] = (
    (JSON, json_value),
    (UTCDateTime, moment_value),
    (EpochMicros, from_micros),
    (Date, day_value),
    (Boolean, bool),
)
