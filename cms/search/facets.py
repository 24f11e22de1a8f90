"""Facets: how many hits each value of a filter has. A facet is counted without its own filter, so that another value can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cms.search.questions import Asked
from cms.serving.reference_data import ReferenceData
from cms.serving.sources import Sources

FACETS: Final = ("type", "agency", "category", "tag", "class", "information_kind", "year", "area")
MOST_VALUES: Final = 100
Facets = dict[str, list[dict[str, Any]]]
Counts = Sequence[tuple[str, str, int]]
_LABELS: Final[Mapping[str, Callable[[ReferenceData, str], str]]] = {
    "agency": lambda data, slug: data.directory.agencies[slug].name,
    "area": lambda data, code: data.directory.areas[code].name,
    "category": lambda data, slug: str(data.categories[slug]["name"]["id"]),
    "information_kind": lambda data, code: str(data.information_kinds[code]["name"]["id"]),
}


def unfiltered(asked: Asked) -> list[str]:
    """The facets that are asked for and have no filter of their own: they are counted with the hits."""
    return [name for name in asked.get("facets", ()) if name not in asked]


def facets_of(sources: Sources, asked: Asked, counts: Counts, count: Callable[[Asked, str], Counts]) -> Facets:
    """The values of the facets that are asked for, the most frequent first.

    `counts` are those of `unfiltered`; each of the others is counted by `count`, without its own filter.
    """
    names: Sequence[str] = asked.get("facets", ())
    rows = list(counts)
    for name in names:
        if name in asked:
            rows += count({key: value for key, value in asked.items() if key != name}, name)
    found: Facets = {name: [] for name in names}
    data = sources.reference_data()
    for name, value, number in sorted(rows, key=lambda row: (-row[2], row[1])):
        if len(found[name]) < MOST_VALUES:
            found[name].append({"value": value, "label": _label(data, name, value), "count": number})
    return found


def _label(data: ReferenceData, name: str, value: str) -> str:
    """The name of reference data; the value itself for what has none."""
    try:
        return _LABELS[name](data, value) if name in _LABELS else value
    except KeyError:
        return value
