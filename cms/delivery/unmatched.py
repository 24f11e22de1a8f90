"""Words of open filters that match nothing: the list is correct, but probably not the intended one, so `meta.warnings` tells them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from cms.delivery.types import COMMON_SCHEMES
from cms.publishing.delivered import DeliveredType
from cms.publishing.reading import Page
from cms.serving.pages import Paging
from cms.serving.reference_data import ReferenceData
from cms.serving.sources import Sources

Query = dict[str, Any]
Warnings = list[dict[str, str]]
_VOCABULARIES: dict[str, Callable[[ReferenceData], Container[str]]] = {
    "agency": lambda reference_data: reference_data.directory.agencies,
    "channel": lambda reference_data: reference_data.directory.agencies,
    "category": lambda reference_data: reference_data.categories,
    "area": lambda reference_data: reference_data.directory.areas,
    "office": lambda reference_data: reference_data.offices,
    "information_kind": lambda reference_data: reference_data.information_kinds,
}
"""Filters whose words are reference data, which the process has in memory."""
_WITHOUT_VOCABULARY = frozenset({"tag", "year", *COMMON_SCHEMES})
"""Filters that take any word, as terms of items: what exists is asked of the database where it can matter."""


def unknown_words(query: Query, reference_data: ReferenceData) -> Warnings:
    """A warning for each word that is no reference data."""
    return [
        _warning(name, f"There is no {_spoken(name)} {word}.")
        for name, known in _VOCABULARIES.items()
        for word in query.get(name, ())
        if word not in known(reference_data)
    ]


def unmatched_words(paging: Paging, delivered: DeliveredType, query: Query, page: Page) -> Warnings:
    """A warning for each word of any open filter that no item has, and for each id that is not live; on the first page."""
    sources = paging.request.sources
    found = unknown_words(query, sources.reference_data()) if query.keys() & _VOCABULARIES.keys() else []
    if paging.after is not None:
        return found
    schemes = (name for name in (*COMMON_SCHEMES, *delivered.schemes) if name in _WITHOUT_VOCABULARY and name in query)
    for name in schemes:
        words = query[name]
        # A single word that brought something is no question.
        if len(words) > 1 or not page.items:
            absent = sources.absent_terms(delivered.name, name, words)
            found += [_warning(name, f"Nothing has the {name} {word}.") for word in absent]
    if page.next is None and len(page.items) < len(query.get("ids", ())):
        found += [
            _warning("id", f"Nothing live here has the id {each}.") for each in _absent_ids(sources, query["ids"])
        ]
    return found


def unknown_parents(words: Iterable[str], known: Container[str]) -> Warnings:
    """The same for the parents of agencies and areas."""
    return [_warning("parent", f"There is no {word}.") for word in words if word not in known]


def _absent_ids(sources: Sources, ids: tuple[str, ...]) -> Iterator[str]:
    live = {item_id: agency for item_id, agency, _text in sources.items(ids, is_full=False)}
    shown = sources.shown(live)
    return (each for each in ids if each not in shown)


def _warning(name: str, detail: str) -> dict[str, str]:
    return {"code": f"unknown_{name}", "detail": detail}


def _spoken(name: str) -> str:
    return name.replace("_", " ")
