"""Sparse fields and embedded relations: a rendered item reshaped for one request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from cms.agencies.directory import AgencyEntry, AreaEntry, Directory
from cms.agencies.presenter import render_contact
from cms.serving.reference_data import ReferenceData


def reshaped(
    text: str, picked: Sequence[str] | None, included: Sequence[str], reference_data: Callable[[], ReferenceData]
) -> str:
    """The item with only the picked fields and with its included relations embedded in place of their ids.

    The reference_data is asked for only when something is included: an answer depends on what it reads.
    """
    item: dict[str, Any] = orjson.loads(text)
    for relation in included:
        item[relation] = _embedded(relation, item[relation], reference_data())
    if picked is not None:
        # Included relations are shown even when not picked.
        item = {name: value for name, value in item.items() if name in picked or name in included}
    return orjson.dumps(item).decode()


def shown_agency(entry: AgencyEntry, directory: Directory) -> dict[str, Any]:
    """An agency as readers get it. A merger that is entered ahead is shown from its day on."""
    return {
        "slug": entry.slug,
        "name": entry.name,
        "short_name": entry.short_name,
        "kind": entry.kind,
        "abbreviations": list(entry.abbreviations),
        "aliases": list(entry.aliases),
        "parent": entry.parent,
        "contact": render_contact(entry.contact),
        "site_url": entry.site_url,
        "description": entry.description,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "successor": directory.successor(entry),
    }


def shown_area(entry: AreaEntry) -> dict[str, Any]:
    """An area as readers get it."""
    return {
        "code": entry.code,
        "name": entry.name,
        "level": entry.level,
        "parent_code": entry.parent_code,
        "aliases": list(entry.aliases),
    }


def _embedded(relation: str, value: Any, reference_data: ReferenceData) -> Any:
    directory = reference_data.directory
    if relation == "areas":
        return [shown_area(directory.areas[code]) for code in value if code in directory.areas]
    if relation == "category":
        return reference_data.categories.get(value)
    if relation == "office":
        return reference_data.offices.get(value)
    if relation == "information_kinds":
        kinds = reference_data.information_kinds
        return [kinds[code] for code in value if code in kinds]
    entry = directory.agencies.get(value["slug"] if isinstance(value, dict) else value)
    return value if entry is None else shown_agency(entry, directory)
