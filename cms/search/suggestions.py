"""Suggestions: agencies, and titles of what is published, for the first letters that somebody has typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from cms.agencies.directory import AgencyEntry
from cms.language.words import folded
from cms.search.finding import Search, index_state
from cms.search.pages import note_index
from cms.search.questions import titles_question
from cms.search.types import SearchedTypes
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

MOST_TITLES: Final = 8
MOST_AGENCIES: Final = 4
MOST_WORDS: Final = 10


def suggest(request: DeliveryRequest, types: SearchedTypes, query: dict[str, Any]) -> FinishedAnswer:
    """What begins with these letters, of what the key shows."""
    sources = request.sources
    reader = sources.searched(types.topics)
    words = folded(query["q"])[:MOST_WORDS]
    question, state = titles_question(sources, words), index_state(reader)
    note_index(sources, state)

    def compute(sequence: int) -> Body:
        hits = [] if question is None else Search(reader, question, request.now).newest(None, MOST_TITLES)
        titles = [(hit.type, hit.item_id, orjson.loads(hit.card_json)["title"]) for hit in hits]
        rows = [
            {"type": kind, "id": found, "title": title} for kind, found, title in [*_agencies(sources, words), *titles]
        ]
        meta = {"sequence": min(sequence, state.sequence), "media_base": sources.public_url}
        return Body(orjson.dumps({"data": rows, "meta": meta}), [])

    return respond(request, Basis(topics=(*types.topics, "reference"), groups=("search", *types.topics)), compute)


def _agencies(sources: Sources, words: Sequence[str]) -> list[tuple[str, str, str]]:
    """The first agencies that one word of a name begins with each of the words, by name."""
    if not words:
        return []
    visible = sources.visible_agencies()
    agencies = sources.reference_data().directory.agencies.values()
    found = [
        ("agency", entry.slug, entry.name)
        for entry in agencies
        if (visible is None or entry.slug in visible) and _begins(list(_names(entry)), words)
    ]
    return sorted(found, key=lambda each: (each[2], each[1]))[:MOST_AGENCIES]


def _names(entry: AgencyEntry) -> Iterator[str]:
    for name in (entry.name, entry.short_name, *entry.abbreviations, *entry.aliases):
        yield from folded(name)


def _begins(names: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(name.startswith(word) for name in names) for word in words)
