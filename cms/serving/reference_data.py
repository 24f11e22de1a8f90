"""The reference data of content, in the memory of a process: agencies, areas, offices, categories, information kinds, and what search looks for with a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from cms.agencies.directory import Directory, read_directory
from cms.agencies.presenter import render_reference
from cms.core import clock
from cms.core.raw_columns import json_value
from cms.core.reading import Reader
from cms.language.expansions import Expansions, Synonym, expansions_of, overlaid
from cms.language.models import SynonymEntry
from cms.offices.models import Office
from cms.offices.presenter import render_office_contact
from cms.serving.validity import NEVER_DUE
from cms.taxonomy.models import Category, InformationKind

_CATEGORIES = select(
    Category.slug, Category.name_id, Category.name_en, Category.description, Category.is_retired
).order_by(Category.slug)
_KINDS = select(
    InformationKind.code,
    InformationKind.information_class,
    InformationKind.name_id,
    InformationKind.name_en,
    InformationKind.parent,
    InformationKind.article,
    InformationKind.certainty,
).order_by(InformationKind.code)
_OFFICES = select(
    Office.id, Office.agency, Office.name, Office.address, Office.area, Office.hours, Office.contact, Office.is_closed
).order_by(Office.id)
_SYNONYMS = select(SynonymEntry.term, SynonymEntry.means, SynonymEntry.both_ways).order_by(SynonymEntry.term)


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """The reference data at one position of the log, on one day of the city.

    `since` and `until` (microseconds since 1970) are the midnights between which no agency begins or ends.
    """

    directory: Directory
    categories: dict[str, dict[str, Any]]
    information_kinds: dict[str, dict[str, Any]]
    offices: dict[str, dict[str, Any]]
    expansions: Expansions
    since: int
    until: int
    _references: dict[str, str] = field(default_factory=dict)

    def reference_json(self, slug: str) -> str:
        """An agency as shown inside content, as JSON; made once."""
        found = self._references.get(slug)
        if found is None:
            found = self._references[slug] = orjson.dumps(_reference(self.directory, slug)).decode()
        return found


def read_reference_data(reader: Reader, zone: ZoneInfo, now: int) -> ReferenceData:
    """Read it in six statements, as of the day in the city's zone at `now` (microseconds since 1970)."""
    directory = read_directory(reader, clock.from_micros(now).astimezone(zone).date())
    since, until = directory.period
    return ReferenceData(
        directory,
        {row[0]: _category(row) for row in reader.rows(reader.compile(_CATEGORIES), {})},
        {row[0]: _information_kind(row) for row in reader.rows(reader.compile(_KINDS), {})},
        {row[0]: _office(row, directory) for row in reader.rows(reader.compile(_OFFICES), {})},
        expansions_of(overlaid(map(_synonym, reader.rows(reader.compile(_SYNONYMS), {})))),
        0 if since is None else max(0, _midnight(since, zone)),
        NEVER_DUE if until is None else _midnight(until, zone),
    )


def _reference(directory: Directory, slug: str) -> dict[str, str]:
    """An agency inside something else; one may have been made since the directory was read."""
    entry = directory.agencies.get(slug)
    return render_reference(entry) if entry else {"slug": slug, "name": slug, "short_name": slug}


def _midnight(day: date, zone: ZoneInfo) -> int:
    return clock.micros(datetime.combine(day, time.min, zone))


def _category(row: Any) -> dict[str, Any]:
    slug, name_id, name_en, description, is_retired = row
    return {
        "slug": slug,
        "name": {"id": name_id, "en": name_en},
        "description": description,
        "is_retired": bool(is_retired),
    }


def _office(row: Any, directory: Directory) -> dict[str, Any]:
    office_id, agency, name, address, area, hours, contact, is_closed = row
    return {
        "id": office_id,
        "agency": _reference(directory, agency),
        "name": name,
        "address": address,
        "area": area,
        "hours": hours,
        "contact": render_office_contact(json_value(contact)),
        "is_closed": bool(is_closed),
    }


def _information_kind(row: Any) -> dict[str, Any]:
    code, information_class, name_id, name_en, parent, article, certainty = row
    return {
        "code": code,
        "class": information_class,
        "name": {"id": name_id, "en": name_en},
        "parent": parent,
        "article": article,
        "certainty": certainty,
    }


def _synonym(row: Any) -> Synonym:
    term, means, both_ways = row
    return Synonym(term, tuple(json_value(means)), bool(both_ways))
