"""The lexicon of gambling advertisements (seed/lexicon.toml), read once and folded like the texts it is compared with."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from cms.moderation.folding import folded_key

SEED: Final = Path(__file__).resolve().parent / "seed" / "lexicon.toml"

SHORTEST_JOINED: Final = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase, what it weighs, and the neighbours beside which it means something else."""

    key: str
    weight: int
    word: str
    """In the spelling of the lexicon."""
    unless: frozenset[str] = frozenset()
    only_if_no: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything of the file; words are folded, weights are whole numbers."""

    version: str
    threshold: int
    near: int
    terms: Mapping[str, Term]
    stems: Mapping[str, Term]
    joined: Mapping[str, Term]
    """Terms that are long enough to be searched for inside joined words."""
    brands: frozenset[str]
    innocent_brands: frozenset[str]
    brand_weight: int
    offers: frozenset[str]
    strong_offers: frozenset[str]
    offer_weight: int
    most_offers: int
    reports: frozenset[str]
    report_weight: int
    news_divisor: int


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with this release."""
    data = tomllib.loads(SEED.read_text(encoding="utf-8"))
    numbers = ("threshold", "near", "brand_weight", "offer_weight", "most_offers", "report_weight", "news_divisor")
    terms = {term.key: term for name, group in data["terms"].items() for term in _terms(name, group)}
    return Lexicon(
        version=data["version"],
        terms=terms,
        stems={term.key: term for term in _terms("inside", {**data["inside"], "words": data["inside"]["stems"]})},
        joined={key: term for key, term in terms.items() if len(key) >= SHORTEST_JOINED},
        brands=frozenset(data["brands"]),
        innocent_brands=frozenset(data["innocent_brands"]),
        offers=_keys(data["offers"]["words"]) | _keys(data["offers"]["strong"]),
        strong_offers=_keys(data["offers"]["strong"]),
        reports=_keys(data["reports"]["words"]),
        **{name: data[name] for name in numbers},
    )


def _terms(name: str, group: Mapping[str, Any]) -> Iterable[Term]:
    weight = group.get("weight") or int(name)
    unless, only_if_no = _keys(group.get("unless", ())), _keys(group.get("only_if_no", ()))
    return [Term(folded_key(word), weight, word, unless, only_if_no) for word in group["words"]]


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded_key(word) for word in words)
