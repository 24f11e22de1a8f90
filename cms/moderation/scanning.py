"""Does a text advertise gambling? Weighs the terms of the lexicon within a passage, and the words beside them.

A parking slot, Bandar Lampung and the police who arrest a bookmaker pass: neighbours change what a word means, and words of
news and law take weight away, unless something is sold in the same passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cms.moderation.folding import FoldedText, folded
from cms.moderation.lexicon import Lexicon, Term, lexicon

PASSAGE: Final = 30
"""The number of words within which terms add up."""
AROUND: Final = 20
"""The number of words before and after a passage that are searched for offers and reports."""
LONGEST_PHRASE: Final = 4
ENOUGH_OFFERS: Final = 2
MOST_NAMES: Final = 2
"""The most names of gambling sites that add up."""
SURELY_NEWS: Final = 2
"""With so many words of news and law, and no offers, a passage is a report about gambling."""
_UUID: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
"""An identifier is not a word, but with digits read as letters one in thousands looks like one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A term at a place: number of its first word and number of words."""

    position: int
    length: int
    term: Term


def advertises_gambling(text: str) -> bool:
    """True when a passage of the text reaches the threshold of the lexicon."""
    return bool(gambling_words(text))


def gambling_words(text: str) -> tuple[str, ...]:
    """The words that advertise gambling in the first passage that reaches the threshold; empty when none does.

    Terms are spelled as in the lexicon, however they were disguised, and names have their number (dewa88).
    """
    words = lexicon()
    read = folded(_UUID.sub(" ", text))
    hits = sorted(_hits(read, words), key=lambda hit: hit.position)
    return tuple(dict.fromkeys(_enough(read, hits, words)))


def _hits(read: FoldedText, words: Lexicon) -> Iterator[Hit]:
    """Terms in the text, alone or as neighbours written together."""
    grams: Sequence[str] = read.words
    joined = list(grams)
    for length in range(1, LONGEST_PHRASE + 1):
        if length > 1:
            joined = [before + word for before, word in zip(joined, grams[length - 1 :], strict=False)]
        if words.terms.keys() & set(joined):
            for position, gram in enumerate(joined):
                if gram in words.terms and _counts(read.words, position, length, words.terms[gram], words):
                    yield Hit(position, length, words.terms[gram])
    yield from _inside(read.words, words.stems)
    if read.spread:
        yield from _inside(read.spread, words.joined)


def _inside(words: Sequence[str], known: Mapping[str, Term]) -> Iterator[Hit]:
    """Terms within longer words."""
    text = " ".join(words)
    stems = [stem for stem in known if stem in text]
    if not stems:
        return
    for position, word in enumerate(words):
        for stem in stems:
            if stem in word and word != stem:
                yield Hit(position, 1, known[stem])


def _counts(words: Sequence[str], position: int, length: int, term: Term, known: Lexicon) -> bool:
    """False when a neighbour gives the word another meaning."""
    if not term.unless:
        return True
    start = max(position - known.near, 0)
    near = set(words[start:position]) | set(words[position + length : position + length + known.near])
    return term.unless.isdisjoint(near) or not term.only_if_no.isdisjoint(near)


def _enough(read: FoldedText, hits: Sequence[Hit], known: Lexicon) -> list[str]:
    """Slide a passage over the hits and return the words of the first passage that is enough, names first."""
    names = _names(read.brands, known)
    base = min(len(names), MOST_NAMES) * known.brand_weight
    counts: Counter[str] = Counter()
    weight, first, looked_at = base, 0, -AROUND
    for last, hit in enumerate(hits):
        counts[hit.term.key] += 1
        # Only different terms add up.
        is_new = counts[hit.term.key] == 1
        weight += hit.term.weight if is_new else 0
        while hits[first].position < hit.position - PASSAGE:
            gone = hits[first].term
            counts[gone.key] -= 1
            weight -= gone.weight if counts[gone.key] == 0 else 0
            first += 1
        # Repeated words add nothing, but the words around them may: weigh again after some distance.
        is_worth = is_new or hit.position >= looked_at + AROUND
        if is_worth and weight + known.most_offers * known.offer_weight >= known.threshold:
            looked_at = hit.position
            if _weighed(read.words, hits[first], hit, weight, known) >= known.threshold:
                return [*names, *(each.term.word for each in hits[first : last + 1])]
    return names if not hits and base >= known.threshold else []


def _weighed(words: Sequence[str], first: Hit, last: Hit, weight: int, known: Lexicon) -> int:
    """The weight of a passage with the offers and reports around it."""
    around = set(words[max(first.position - AROUND, 0) : last.position + AROUND])
    offers = len(around & known.offers)
    weight += min(offers, known.most_offers) * known.offer_weight
    if len(around & known.strong_offers) >= ENOUGH_OFFERS:
        return weight
    reports = len(around & known.reports)
    return weight - reports * known.report_weight if reports < SURELY_NEWS else weight // known.news_divisor


def _names(brands: Sequence[tuple[str, str]], known: Lexicon) -> list[str]:
    """Names of gambling sites anywhere in the text, each once, in order. INV138 and INV188 are numbers of one list, not names."""
    found = {
        name: number
        for name, number in reversed(brands)
        if number in known.brands and name not in known.innocent_brands
    }
    return [name + number for name, number in reversed(found.items())]
