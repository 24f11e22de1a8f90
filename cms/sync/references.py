"""Reference data in copies: agencies, areas, categories, kinds of public information and offices, from the memory of the process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

import orjson

from cms.core import clock
from cms.serving.projection import shown_agency, shown_area
from cms.serving.reference_data import ReferenceData
from cms.serving.sources import Sources
from cms.sync.entries import Entry, KeepReference
from cms.sync.positions import FROM_THE_BEGINNING, SyncPosition

REFERENCE_TYPES: Final = ("agency", "area", "category", "information_kind", "office")


def shown_rows(reference_data: ReferenceData, type: str) -> Mapping[str, Any]:
    """The rows of a type by id, as readers get them."""
    directory = reference_data.directory
    if type == "agency":
        return {slug: shown_agency(entry, directory) for slug, entry in directory.agencies.items()}
    if type == "area":
        return {code: shown_area(entry) for code, entry in directory.areas.items()}
    rows = {
        "category": reference_data.categories,
        "information_kind": reference_data.information_kinds,
        "office": reference_data.offices,
    }
    return rows[type]


def reference_entries(sources: Sources, position: SyncPosition, until: int) -> list[Entry]:
    """What has a line after the position, in the order of the log; what never had one is there from the beginning."""
    types = [name for name in position.types if name in REFERENCE_TYPES]
    if not types:
        return []
    rows = {name: shown_rows(sources.reference_data(), name) for name in types}
    # An office shows the name of its agency.
    noted = sources.reference_lines([*types, *(["agency"] if "office" in types else [])], position.after, until)
    lines = {(line.type, line.id): line.sequence for line in noted if line.id in rows.get(line.type, ())}
    renamed = {line.id: line.sequence for line in noted if line.type == "agency"}
    for key, office in rows.get("office", {}).items():
        at = max(renamed.get(office["agency"]["slug"], 0), lines.get(("office", key), 0))
        if at:
            lines["office", key] = at
    if position.after == FROM_THE_BEGINNING:
        lines = {**{(name, key): 0 for name in types for key in rows[name]}, **lines}
    ordered = sorted(lines.items(), key=lambda line: (line[1], line[0]))
    return [Entry(at, _kept(name, key, rows[name][key]), at) for (name, key), at in ordered]


def merged_since(sources: Sources, position: SyncPosition, until: int) -> Iterator[Entry]:
    """Agencies whose merger has come into force by the calendar since the copy was complete: no line tells that."""
    if "agency" not in position.types or position.after == FROM_THE_BEGINNING:
        return
    reference_data = sources.reference_data()
    if reference_data.since <= position.day:
        return
    told = clock.from_micros(position.day).astimezone(sources.zone)
    for slug, entry in reference_data.directory.agencies.items():
        if entry.valid_to is None or reference_data.directory.successor(entry) is None:
            continue
        if datetime.combine(entry.valid_to + timedelta(days=1), time.min, sources.zone) > told:
            yield Entry(until, _kept("agency", slug, shown_agency(entry, reference_data.directory)), until)


def _kept(type: str, id: str, row: Any) -> KeepReference:
    return KeepReference(type, id, orjson.dumps(row).decode())
