"""What the index holds of a publication: words in their order, and marks, each a word of its own that no text contains.

A mark says where a word stands (`t_jalan`: in the title) or what the publication is found by (`_agency:dpu`). Both databases get the
same words in the same places, so the same question finds the same. All of it belongs to the publication, which never changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from cms.core.prepared import prepared
from cms.language.words import folded, indexed, key
from cms.publishing.searched import Searched, Weight, texts_at

GAP: Final = "_"
"""Stands between two texts: no phrase reaches across."""
MOST_PLACED: Final = 16_000
"""Words whose order counts; PostgreSQL knows no place beyond 16,383."""
MOST_PLACES: Final = 255
"""Places of one word, for the same reason."""
MOST_BYTES: Final = 400_000
"""Bytes of different words of an entry; PostgreSQL takes a megabyte with their places."""
OFTEN: Final = 3
"""A word that stands so often in the text is what it is about."""
IN_TITLE, IN_SUMMARY, OFTEN_THERE, ONLY_IN_FILES = "t_", "s_", "m_", "f_"
AS_WRITTEN: Final = "w_"
"""A word of the title as it is written there, for those who type its first letters."""
_CORRECTING: Final = re.compile("[a-z]{4,40}")
_SIGNS: Final = re.compile(r"[^a-z0-9_.:-]")
_OTHER_SCHEMES: Final = frozenset({"slug"})
"""Schemes of terms that questions read from the publication."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`placed` are words in their order, `GAP` between texts; `more` are words and marks without a place, each once.

    `written` are words of its title and summary as they are written, to correct slips with.
    """

    placed: tuple[str, ...]
    more: tuple[str, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The texts of a publication that an entry is made of: its full form, its terms, and the words of its files (`indexed`)."""

    type: str
    agency: str
    full_json: str
    terms_json: str
    file_words: str


def mark(scheme: str, term: str) -> str:
    """What an entry has for a term of its publication."""
    return f"_{scheme}:{_SIGNS.sub('_', term.lower())}"


def first_id(published_at: datetime, number: int) -> int:
    """The id of an entry, if no other has it: newer items have higher ones."""
    return (int(published_at.timestamp()) << 16) + (number & 0xFFFF)


@prepared
def entry_of(source: Source, searched: tuple[tuple[str, Weight], ...]) -> Entry:
    """The entry of a publication, in which these fields are searched."""
    full = orjson.loads(source.full_json)
    words = _words(full, dict(searched))
    written = _written(full, dict(searched))
    placed = _placed([words[weight] for weight in Weight])
    own = {word for each in words.values() for text in each for word in text}
    more = dict.fromkeys(_marks(source))
    for prefix, weight in ((IN_TITLE, Weight.TITLE), (IN_SUMMARY, Weight.SUMMARY)):
        more |= dict.fromkeys(prefix + word for text in words[weight] for word in text)
    more |= dict.fromkeys(AS_WRITTEN + key(word) for word in written[Weight.TITLE])
    counted = Counter(word for text in words[Weight.BODY] for word in text)
    more |= dict.fromkeys(OFTEN_THERE + word for word, count in counted.items() if count >= OFTEN)
    for word in dict.fromkeys(source.file_words.split()):
        if word not in own:
            more[ONLY_IN_FILES + word] = None
    more |= dict.fromkeys(own.difference(placed))
    correcting = {word for each in written.values() for word in each if _CORRECTING.fullmatch(word)}
    return Entry(placed, tuple(_bounded(placed, more)), tuple(sorted(correcting)))


def _words(full: Mapping[str, Any], searched: Searched) -> dict[Weight, list[list[str]]]:
    """The words of each text, by weight."""
    found: dict[Weight, list[list[str]]] = {weight: [] for weight in Weight}
    for path, weight in searched.items():
        for text in texts_at(full, path):
            words = indexed(text).split()
            if words:
                found[weight].append(words)
    return found


def _written(full: Mapping[str, Any], searched: Searched) -> dict[Weight, list[str]]:
    """The words of titles and summaries as they are written."""
    return {
        wanted: [
            word
            for path, weight in searched.items()
            if weight is wanted
            for text in texts_at(full, path)
            for word in folded(text)
        ]
        for wanted in (Weight.TITLE, Weight.SUMMARY)
    }


def _placed(weights: Iterable[list[list[str]]]) -> tuple[str, ...]:
    """The first words in their order. One that comes too often, or too late for its bytes, leaves its place empty."""
    found: list[str] = []
    places: Counter[str] = Counter()
    size = 0
    for text in (text for texts in weights for text in texts):
        for word in text:
            if len(found) >= MOST_PLACED:
                return tuple(found)
            size += 0 if word in places else len(word)
            places[word] += 1
            found.append(word if places[word] <= MOST_PLACES and size <= MOST_BYTES else GAP)
        found.append(GAP)
    return tuple(found)


def _marks(source: Source) -> Iterable[str]:
    """What the publication is found by. Of a channel that only carries it there is no `own`."""
    yield mark("type", source.type)
    yield mark("agency", source.agency)
    for scheme, term, repost in orjson.loads(source.terms_json):
        if scheme not in _OTHER_SCHEMES:
            yield mark(scheme, term)
        if scheme == "channel" and repost is None:
            yield mark("own", term)


def _bounded(placed: tuple[str, ...], more: Iterable[str]) -> Iterable[str]:
    size = sum(map(len, set(placed)))
    for word in more:
        size += len(word)
        if size > 2 * MOST_BYTES:
            return
        yield word
