"""Words of open filters that match nothing: the list is correct, but probably not the intended one, so `meta.warnings` tells them.

The words are English whatever the caller prefers: an answer is kept once for everybody, and its ETag knows no language.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any

import orjson

from cms.delivery.types import COMMON_SCHEMES
from cms.publishing.reading import Page
from cms.publishing.selection import Selection
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


def looked_up_words(query: Query, sources: Sources) -> Warnings:
    """`unknown_words` for an answer that shows nothing else of the reference data; noted as a fact."""
    if not query.keys() & _VOCABULARIES.keys():
        return []
    found = unknown_words(query, sources.looked_up())
    sources.dependencies.note_fact("unknown", found)
    return found


def unknown_words(query: Query, reference_data: ReferenceData) -> Warnings:
    """A warning for each word that is no reference data."""
    return [
        _warning(name, f"There is no {name.replace('_', ' ')} {word}.")
        for name, known in _VOCABULARIES.items()
        for word in query.get(name, ())
        if word not in known(reference_data)
    ]


def unmatched_words(sources: Sources, selection: Selection, page: Page) -> Warnings:
    """A warning for each further word that nothing has among what the owners and channels that are asked for show, and for each id
    that is not live there. `page` is the first one.
    """
    found = []
    for name in _WITHOUT_VOCABULARY & selection.terms.keys():
        # A single word that brought something is no question.
        if len(selection.terms[name]) > 1 or not page.items:
            found += [
                _warning(name, f"Nothing here has the {name} {word}.") for word in sources.absent_terms(selection, name)
            ]
    if page.next is None and len(page.items) < len(selection.ids):
        found += [_warning("id", f"Nothing here has the id {each}.") for each in _absent_ids(sources, selection)]
    return sorted(found, key=lambda warning: warning["detail"])


def unknown_parents(words: Iterable[str], known: Container[str]) -> Warnings:
    """The same for the parents of agencies and areas."""
    return [_warning("parent", f"There is no {word}.") for word in words if word not in known]


def _absent_ids(sources: Sources, asked: Selection) -> list[str]:
    """The ids that the list would not have without its other filters either."""
    channels = {name: terms for name, terms in asked.terms.items() if name == "channel"}
    selection = Selection(asked.type, asked.agencies, channels, ids=asked.ids, limit=len(asked.ids))
    there = {orjson.loads(text)["id"] for text in sources.page(selection).items}
    return [each for each in asked.ids if each not in there]


def _warning(name: str, detail: str) -> dict[str, str]:
    return {"code": f"unknown_{name}", "detail": detail}
