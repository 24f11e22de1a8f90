"""Did you mean: a question with its slips corrected, by words that the texts themselves have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Protocol

from rapidfuzz.distance import OSA

from cms.language.understanding import Query
from cms.language.words import Token, key, stem

SHORTEST_CORRECTED: Final = 4
_LETTERS_OF_TWO_SLIPS: Final = 7
_MOST_CORRECTED: Final = 3


class Vocabulary(Protocol):
    """The words of the texts that are searched."""

    def known(self, keys: Collection[str]) -> Collection[str]:
        """Those of the keys of stems that any text has."""

    def near(self, beginnings: Collection[str], shortest: int, longest: int) -> Iterable[tuple[str, int]]:
        """Folded words of a to z that begin with one of these letters, of so many letters, with the number of texts that have each."""


def corrected(query: Query, vocabulary: Vocabulary) -> str | None:
    """The question as it was typed with other words for those that no text has; None when there is nothing to correct.

    A word has at most one slip (a letter more, less, another, two changed about), two from seven letters on. Numbers and short words
    stay as they are. Of equally near words the one that more texts have.
    """
    wanted = [token for token in query.typed if _can_be_corrected(token.word)]
    known = set(vocabulary.known({key(stem(token.word)) for token in wanted})) if wanted else set()
    unknown = [token for token in wanted if key(stem(token.word)) not in known][:_MOST_CORRECTED]
    better = {token.word: nearest(token.word, vocabulary) for token in unknown}
    changes = [(token, word) for token in unknown if (word := better[token.word]) is not None]
    return _written(query.text, changes) if changes else None


def nearest(word: str, vocabulary: Vocabulary) -> str | None:
    """The word of the texts that is most like this one."""
    most = 2 if len(word) >= _LETTERS_OF_TWO_SLIPS else 1
    best: tuple[int, int, str] | None = None
    for candidate, count in vocabulary.near({word[0], word[1]}, len(word) - most, len(word) + most):
        distance = OSA.distance(word, candidate, score_cutoff=most)
        if 0 < distance <= most and (best is None or (distance, -count, candidate) < best):
            best = (distance, -count, candidate)
    return None if best is None else best[2]


def _can_be_corrected(word: str) -> bool:
    return len(word) >= SHORTEST_CORRECTED and word.isascii() and word.isalpha()


def _written(text: str, changes: Sequence[tuple[Token, str]]) -> str:
    done = 0
    parts: list[str] = []
    for token, word in changes:
        parts += (text[done : token.start], word)
        done = token.end
    return "".join([*parts, text[done:]])
