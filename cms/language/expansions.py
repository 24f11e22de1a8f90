"""Abbreviations and words of the same meaning, used when somebody asks: `dishub` also finds `Dinas Perhubungan`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cms.core.seed_files import read_rows, words
from cms.language.words import EXCEPTIONS, folded, key, stem

SYNONYMS_FILE: Final = Path(__file__).resolve().parent / "seed" / "synonyms.csv"
Phrase = tuple[str, ...]
# fmt: off
UNSAYING: Final = frozenset({
    "adalah", "agar", "akan", "apa", "apakah", "atau", "bagaimana", "bagi", "bisa", "cara", "dalam", "dan", "dari", "dengan", "di",
    "dimana", "gimana", "ingin", "ini", "itu", "jika", "kalau", "kami", "kapan", "ke", "kemana", "kita", "mana", "mau", "mohon", "of",
    "oleh", "pada", "para", "saya", "sebelum", "setelah", "siapa", "sudah", "supaya", "tentang", "the", "tolong", "untuk", "yang",
})
# fmt: on
"""Words that say nothing in a question. They are indexed, for phrases."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """`term` also finds `means`; with `both_ways` each of these also finds the term."""

    term: str
    means: tuple[str, ...]
    both_ways: bool


@dataclass(frozen=True, slots=True)
class Expansions:
    """What else is asked for with a phrase (keys of its stems, without words that say nothing), and the words of the longest one."""

    phrases: Mapping[Phrase, tuple[Phrase, ...]]
    longest: int


def phrase_of(words: Iterable[str]) -> Phrase:
    """The keys of the stems of folded words."""
    return tuple(key(stem(word)) for word in words)


def term_of(text: str) -> str:
    """What a term is known by: its folded words, separated by a space."""
    return " ".join(folded(text))


def is_unsaying(word: str) -> bool:
    """Whether a folded word says nothing in a question; `yg` is `yang`."""
    return word in UNSAYING or EXCEPTIONS.get(word) in UNSAYING


def asked(words: Sequence[str]) -> Phrase:
    """The keys of the stems of those words that say something; of all when none does."""
    return phrase_of([word for word in words if not is_unsaying(word)] or words)


def expansions_of(synonyms: Iterable[Synonym]) -> Expansions:
    """The table that `understand` takes, of any synonyms: what has no words is left out."""
    found: dict[Phrase, dict[Phrase, None]] = {}
    for synonym in synonyms:
        term = folded(synonym.term)
        for meaning in filter(None, map(folded, synonym.means)):
            if term and phrase_of(term) != phrase_of(meaning):
                found.setdefault(asked(term), {})[phrase_of(meaning)] = None
                if synonym.both_ways:
                    found.setdefault(asked(meaning), {})[phrase_of(term)] = None
    return Expansions({phrase: tuple(others) for phrase, others in found.items()}, max(map(len, found), default=0))


@cache
def shipped_synonyms() -> tuple[Synonym, ...]:
    """Those that come with the project, by term."""
    return tuple(
        Synonym(str(row["term"]), tuple(words(row["means"])), row["both_ways"] == "yes")
        for row in read_rows(SYNONYMS_FILE)
    )


def overlaid(own: Iterable[Synonym]) -> list[Synonym]:
    """The project's synonyms, with the city's own in the place of those with the same term."""
    return list({term_of(synonym.term): synonym for synonym in (*shipped_synonyms(), *own)}.values())


@cache
def shipped() -> Expansions:
    """The table of what comes with the project."""
    return expansions_of(shipped_synonyms())
