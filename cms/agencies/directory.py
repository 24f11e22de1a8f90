"""All agencies and areas of the city as plain values, for readers that look them up on every request.

There are some eighty rows and they change a few times a year: delivery keeps one `Directory` per position of the log's
`reference` topic, and per day on which an agency begins or ends. A change entered ahead counts from its day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from cms.agencies.models import Agency, Area
from cms.agencies.policies import has_ended
from cms.core.raw_columns import day_value, json_value, moment_value
from cms.core.reading import Reader, Row


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """The public data of an agency."""

    slug: str
    name: str
    short_name: str
    kind: str
    abbreviations: tuple[str, ...]
    aliases: tuple[str, ...]
    parent: str | None
    contact: dict[str, Any]
    site_url: str | None
    description: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    updated_at: datetime

    def borders(self) -> Iterator[date]:
        """The days on which it changes by itself: its first day, and the day after its last."""
        if self.valid_from is not None:
            yield self.valid_from
        if self.valid_to is not None and self.valid_to < date.max:
            yield self.valid_to + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """An administrative area with its Kemendagri code."""

    code: str
    name: str
    level: str
    parent_code: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """Agencies by slug and areas by code, both in the order of their keys, as of a day of the city."""

    agencies: dict[str, AgencyEntry]
    areas: dict[str, AreaEntry]
    day: date

    @cached_property
    def period(self) -> tuple[date | None, date | None]:
        """The last day up to now and the next day to come on which an agency begins or has ended."""
        borders = [border for entry in self.agencies.values() for border in entry.borders()]
        past = [border for border in borders if border <= self.day]
        coming = [border for border in borders if border > self.day]
        return max(past, default=None), min(coming, default=None)

    def successor(self, entry: AgencyEntry) -> str | None:
        """The agency that this one was merged into; None until it has ended, even if a merger is entered ahead."""
        return entry.successor if has_ended(entry, self.day) else None

    def with_predecessors(self, slugs: Iterable[str]) -> frozenset[str]:
        """These agencies and all that were merged into one of them, directly or through others."""
        found: set[str] = set()
        pending = list(slugs)
        while pending:
            slug = pending.pop()
            if slug not in found:
                found.add(slug)
                pending += self._merged_into.get(slug, ())
        return frozenset(found)

    def lineage(self, area_code: str) -> tuple[str, ...]:
        """The area and everything above it, from small to large; empty for a code that does not exist."""
        found: list[str] = []
        area = self.areas.get(area_code)
        while area is not None and area.code not in found:
            found.append(area.code)
            area = self.areas.get(area.parent_code or "")
        return tuple(found)

    @cached_property
    def _merged_into(self) -> dict[str, list[str]]:
        merged: dict[str, list[str]] = {}
        for entry in self.agencies.values():
            successor = self.successor(entry)
            if successor is not None:
                merged.setdefault(successor, []).append(entry.slug)
        return merged


_AGENCIES = select(
    Agency.slug,
    Agency.name,
    Agency.short_name,
    Agency.kind,
    Agency.abbreviations,
    Agency.aliases,
    Agency.parent,
    Agency.contact,
    Agency.site_url,
    Agency.description,
    Agency.valid_from,
    Agency.valid_to,
    Agency.successor,
    Agency.updated_at,
).order_by(Agency.slug)
_AREAS = select(Area.code, Area.name, Area.level, Area.parent_code, Area.aliases).order_by(Area.code)


def read_directory(reader: Reader, day: date) -> Directory:
    """Read all agencies and areas in two statements, as of this day."""
    agencies = [_agency_entry(row) for row in reader.rows(reader.compile(_AGENCIES), {})]
    areas = [_area_entry(row) for row in reader.rows(reader.compile(_AREAS), {})]
    return Directory({entry.slug: entry for entry in agencies}, {entry.code: entry for entry in areas}, day)


def _agency_entry(row: Row) -> AgencyEntry:
    slug, name, short_name, kind, abbreviations, aliases, parent, contact, site_url, description, *rest = row
    valid_from, valid_to, successor, updated_at = rest
    return AgencyEntry(
        slug=slug,
        name=name,
        short_name=short_name,
        kind=kind,
        abbreviations=tuple(json_value(abbreviations)),
        aliases=tuple(json_value(aliases)),
        parent=parent,
        contact=json_value(contact),
        site_url=site_url,
        description=description,
        valid_from=day_value(valid_from),
        valid_to=day_value(valid_to),
        successor=successor,
        updated_at=moment_value(updated_at),
    )


def _area_entry(row: Row) -> AreaEntry:
    code, name, level, parent_code, aliases = row
    return AreaEntry(code, name, level, parent_code, tuple(json_value(aliases)))
