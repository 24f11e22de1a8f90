"""Words of a text and their stems: what both databases index, and what a question is compared with.

The databases do no language of their own: they get `indexed(text)`, words of [a-z0-9] separated by one space, and find exactly these.
So one question finds the same in both. Every function here takes any string and time in proportion to its length.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import Stemmer

from cms.core.seed_files import read_rows

WORDS_REMEMBERED: Final = 2**16
"""Words of texts come again and again: to find the key of one again costs thirty times as much as to remember it."""
LONGEST_WORD: Final = 40
"""Letters of a word that count; what is longer is no word of any language that is searched for."""
STEMS_FILE: Final = Path(__file__).resolve().parent / "seed" / "stems.csv"

# Combining marks (also those that take room, as in Indian scripts), soft hyphens and joiners belong to the word around them. Only of the
# first plane: a class with characters beyond it is ten times as slow.
_MARKS: Final = "".join(
    sorted(chr(point) for point in range(0x300, 0x10000) if unicodedata.category(chr(point)) in {"Mn", "Mc", "Me"})
)
_INSIDE: Final = rf"\u00ad\u200c\u200d{_MARKS}"
# An apostrophe between letters is none: Jum'at and Jumat are one word.
_APOSTROPHES: Final = "'`\u00b4\u2018\u2019\u02bb\u02bc\u02bd"
# A word, or a number: "Rp50" are two, so that it is found as "Rp 50" is. Possessive: nothing is tried twice.
_LETTER: Final = r"[^\W\d_]"
_NUMBER: Final = r"\d++"
_WORD: Final = re.compile(f"{_LETTER}++(?:[{_INSIDE}{_APOSTROPHES}]++{_LETTER}++)*+[{_INSIDE}]*+|{_NUMBER}")
_FOLDED: Final = re.compile(f"{_LETTER}+|[0-9]+")
_UNHEARD: Final = re.compile(rf"[{_INSIDE}{_APOSTROPHES}]+")
# Characters of a word that are looked at before it is folded: one letter can have several marks.
_LONGEST_RAW: Final = 4 * LONGEST_WORD
_CLITIC: Final = re.compile("(?:nya|lah|kah|pun|ku|mu)$")


class Token(NamedTuple):
    """A word of a text, folded, and its place there: `text[start:end]`."""

    word: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in their order. One character that stands for several words gives several with one place."""
    for found in _WORD.finditer(text):
        raw = found[0]
        if raw.isascii():
            word = raw.lower()
            yield Token((word if word.isalnum() else _UNHEARD.sub("", word))[:LONGEST_WORD], found.start(), found.end())
        else:
            for word in _folded_words(raw):
                yield Token(word, found.start(), found.end())


def folded(text: str) -> list[str]:
    """The words of a text, folded: compatibility forms, case and marks are gone, letters of other scripts are kept."""
    return [token.word for token in tokens(text)]


def _folded_words(raw: str) -> list[str]:
    compatible = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", raw[:_LONGEST_RAW]).casefold())
    heard = "".join(_digit(character) for character in _UNHEARD.sub("", compatible))
    return [word[:LONGEST_WORD] for word in _FOLDED.findall(heard)]


def _digit(character: str) -> str:
    value = None if character.isascii() else unicodedata.decimal(character, None)
    return character if value is None else str(value)


# Snowball keeps nothing here: it is faster than a memory of words. One word at a time; one for each thread would have to end with it.
_STEMMER: Final = Stemmer.Stemmer("indonesian", 0)
_TURN: Final = Lock()
EXCEPTIONS: Final[dict[str, str]] = {str(row["word"]): sys.intern(str(row["stem"])) for row in read_rows(STEMS_FILE)}
"""Words that Snowball's rules get wrong, and what is written short."""

_IN_ORDER: Final = sorted(EXCEPTIONS)
_MOST_FROM_ONE: Final = 20


def exceptions_from(beginning: str) -> Sequence[str]:
    """Listed words that begin so, at most 20."""
    start = bisect_left(_IN_ORDER, beginning)
    return [word for word in _IN_ORDER[start : start + _MOST_FROM_ONE] if word.startswith(beginning)]


def stem(word: str) -> str:
    """The stem of a folded word, for people to read: `tutup` of `penutupan`. A number loses the zeros before it."""
    if word[0] <= "9":
        return word.lstrip("0") or "0"
    listed = EXCEPTIONS.get(word)
    if listed is not None:
        return listed
    bare = _CLITIC.sub("", word)
    if bare != word and bare in EXCEPTIONS:
        return EXCEPTIONS[bare]
    with _TURN:
        return _STEMMER.stemWord(word) or word


def key(stem_or_beginning: str) -> str:
    """How the index holds it: [a-z0-9] alone. Letters of other scripts become their numbers, so beginnings stay beginnings."""
    if stem_or_beginning.isascii():
        return stem_or_beginning
    return "".join(
        letter if letter < "\x80" else f"u{ord(letter):04x}" if letter <= "\uffff" else f"v{ord(letter):06x}"
        for letter in stem_or_beginning
    )


def indexed(text: str) -> str:
    """What the index holds of a text: the keys of its stems in their order, separated by one space."""
    return " ".join(filter(None, map(_keys_of, _WORD.findall(text))))


def keys_in_order(text: str) -> list[str]:
    """The keys of `indexed` as a list."""
    keys = list(map(_keys_of, _WORD.findall(text)))
    # Nearly every word has one key: only a text with others is read again.
    return keys if all(map(str.isalnum, keys)) else " ".join(keys).split()


def spans_in_order(text: str) -> list[tuple[int, int]]:
    """The place of each of `keys_in_order` in the text: `text[start:end]`."""
    return [match.span() for match in _WORD.finditer(text) for _ in _keys_of(match[0]).split()]


@lru_cache(maxsize=WORDS_REMEMBERED)
def key_of(word: str) -> str:
    """The key of the stem of a folded word."""
    return key(stem(word))


@lru_cache(maxsize=WORDS_REMEMBERED)
def _keys_of(raw: str) -> str:
    return " ".join(key_of(word) for word in folded(raw))
