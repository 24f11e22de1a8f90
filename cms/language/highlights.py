"""Highlights: the part of a text that answers a question, with its words marked. HTML, safe by construction."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from cms.core.characters import without_hiding
from cms.language.expansions import Phrase
from cms.language.understanding import Query
from cms.language.words import keys_in_order, spans_in_order

LONGEST_READ: Final = 20_000
"""Characters of a text that are looked through."""
FIRST_READ: Final = 4_000
"""Characters that are looked through alone where a part of them answers the whole question."""
_SPACE: Final = re.compile(r"\s+")
_MOST_PLACES: Final = 200


class _Place(NamedTuple):
    """Where a text answers the group of that number."""

    start: int
    end: int
    group: int


def marked(text: str, query: Query, longest: int) -> str:
    """At most about `longest` characters of the text, where it answers most of the question, its words in `<mark>`.

    All else is escaped. A text without any of the words is shown from its beginning. Line breaks become spaces.
    """
    text = text[:LONGEST_READ]
    places, best = _looked_through(text, query, longest)
    start, end = _window(text, best, longest)
    written = ["\u2026" if start else ""]
    done = start
    for place in places:
        if place.start >= done and place.end <= end:
            written += (
                _escaped(text[done : place.start]),
                "<mark>",
                _escaped(text[place.start : place.end]),
                "</mark>",
            )
            done = place.end
    written.append(_escaped(text[done:end]))
    if end < len(text):
        written.append("\u2026")
    return "".join(written)


def _looked_through(text: str, query: Query, longest: int) -> tuple[Sequence[_Place], int]:
    """What answers the question, and where the part begins that answers most of it: in the first pages of a long text, if all is there."""
    # No word is cut: one that is has another stem.
    first = text.rfind(" ", 0, FIRST_READ) if len(text) > 2 * FIRST_READ else -1
    if first > 0:
        places = list(_places(text[:first], query))
        best, answered = _best(places, longest)
        if places and answered == len(query.groups) and best + longest <= first:
            return places, best
    places = list(_places(text, query))
    return places, _best(places, longest)[0]


def _escaped(text: str) -> str:
    return html.escape(without_hiding(_SPACE.sub(" ", text)))


def _places(text: str, query: Query) -> Iterator[_Place]:
    """What answers the question, by place. Ends when there is enough to choose from."""
    by_first: dict[str, list[tuple[Phrase, int]]] = {}
    prefixes = tuple((prefix, number) for number, group in enumerate(query.groups) for prefix in group.prefixes)
    for number, group in enumerate(query.groups):
        for phrase in group.alternatives:
            by_first.setdefault(phrase[0], []).append((phrase, number))
    if not by_first:
        return
    beginnings = tuple(prefix for prefix, _ in prefixes)
    keys = keys_in_order(text)
    answering = _answering(keys, by_first.keys(), beginnings)
    # Most texts have none of the words: where the others stand is not asked.
    found = spans_in_order(text) if answering else []
    count = 0
    for index in answering:
        phrases = by_first.get(keys[index])
        place = None if phrases is None else _phrase_at(found, keys, index, phrases)
        if place is None and beginnings and keys[index].startswith(beginnings):
            place = _Place(*found[index], prefixes[0][1])
        if place is not None:
            yield place
            count += 1
            if count == _MOST_PLACES:
                return


def _answering(keys: Sequence[str], firsts: Collection[str], beginnings: tuple[str, ...]) -> list[int]:
    """Where words stand that an answer begins with."""
    said = set(keys)
    wanted = said.intersection(firsts)
    if beginnings:
        wanted.update(key for key in said if key.startswith(beginnings))
    return [index for index, key in enumerate(keys) if key in wanted] if wanted else []


def _phrase_at(
    found: Sequence[tuple[int, int]], keys: Sequence[str], index: int, phrases: Sequence[tuple[Phrase, int]]
) -> _Place | None:
    """The longest of the phrases that stands at this word."""
    fitting = [(len(phrase), group) for phrase, group in phrases if tuple(keys[index : index + len(phrase)]) == phrase]
    if not fitting:
        return None
    length, group = max(fitting)
    return _Place(found[index][0], found[index + length - 1][1], group)


def _best(places: Sequence[_Place], longest: int) -> tuple[int, int]:
    """Where the part begins that answers most groups, of equal ones the first, and how many groups it answers."""
    best, most = 0, (0, 0)
    for index, first in enumerate(places):
        inside = [place for place in places[index : index + 20] if place.end - first.start <= longest]
        value = (len({place.group for place in inside}), len(inside))
        if value > most:
            best, most = first.start, value
    return best, most[0]


def _window(text: str, best: int, longest: int) -> tuple[int, int]:
    """Start and end of the part that is shown: what is best, with a little before it."""
    if len(text) <= longest:
        return 0, len(text)
    start = max(0, min(best - longest // 4, len(text) - longest))
    return _between_words(text, start, start + longest)


def _between_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The window without the word that it cuts at either side, when there is a space near."""
    if start:
        space = text.find(" ", start, start + 30)
        start = start if space < 0 else space + 1
    if end < len(text):
        space = text.rfind(" ", end - 30, end)
        end = end if space < 0 else space
    return start, end
