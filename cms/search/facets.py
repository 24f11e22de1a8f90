"""Facets: how many hits each value of a filter has. A facet is counted without its own filter, so that another value can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cms.search.finding import Search
from cms.search.questions import Asked
from cms.serving.reference_data import ReferenceData
from cms.serving.sources import Sources

FACETS: Final = ("type", "agency", "category", "tag", "class", "information_kind", "year", "area")
MOST_VALUES: Final = 100
Facets = dict[str, list[dict[str, Any]]]
_LABELS: Final[Mapping[str, Callable[[ReferenceData, str], str]]] = {
    "agency": lambda data, slug: data.directory.agencies[slug].name,
    "area": lambda data, code: data.directory.areas[code].name,
    "category": lambda data, slug: str(data.categories[slug]["name"]["id"]),
    "information_kind": lambda data, code: str(data.information_kinds[code]["name"]["id"]),
}


def facets_of(sources: Sources, asked: Asked, ask: Callable[[Asked], Search]) -> Facets:
    """The values of the facets that are asked for, the most frequent first. Those without a filter of their own share one statement."""
    names: Sequence[str] = asked.get("facets", ())
    shared = [name for name in names if name not in asked]
    found: Facets = {}
    for together in (shared, *([name] for name in names if name in asked)):
        if together:
            others = {name: value for name, value in asked.items() if name not in together}
            found |= _counted(sources, ask(others), together)
    return {name: found[name] for name in names}


def _counted(sources: Sources, search: Search, names: Sequence[str]) -> Facets:
    found: Facets = {name: [] for name in names}
    data = sources.reference_data()
    for name, value, count in sorted(search.counted(names), key=lambda row: (-row[2], row[1])):
        if len(found[name]) < MOST_VALUES:
            found[name].append({"value": value, "label": _label(data, name, value), "count": count})
    return found


def _label(data: ReferenceData, name: str, value: str) -> str:
    """The name of reference data; the value itself for what has none."""
    try:
        return _LABELS[name](data, value) if name in _LABELS else value
    except KeyError:
        return value
