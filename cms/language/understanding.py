"""What a question means: which stems must be there, which of them may be said otherwise. A reader's words are never query syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cms.language.expansions import Expansions, Phrase, is_unsaying, phrase_of
from cms.language.words import Token, exceptions_from, key, stem, tokens

LONGEST_QUESTION: Final = 1_000
"""Characters that are looked at."""
MOST_WORDS: Final = 32
MOST_ALTERNATIVES: Final = 12
SHORTEST_BEGINNING: Final = 3
SHORTEST_STEM_BEGINNING: Final = 4
SHORTEST_HALF: Final = 5

_QUOTES: Final = re.compile('["\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]')
# What joins the parts of one name or number: 188.45/12/2026, e-KTP, HK.01.07/2020.
_JOINT: Final = re.compile(r"[./:\-\u2010-\u2015_+]{1,2}")
_NUMBER_JOINT: Final = re.compile(r"[.,/:\-\u2010-\u2015_+]{1,2}")
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
# Each stands before a number that is written behind other words in the text itself: "Perwali 12/2026".
_BEFORE_NUMBERS: Final = frozenset(
    {"nomor", "pergub", "permen", "perda", "perpres", "perwali", "pp", "se", "sk", "tahun", "uu"}
)


@dataclass(frozen=True, slots=True)
class Group:
    """What must be there: any of the alternatives, or a word that begins with one of the prefixes.

    An alternative is one key, or several that follow each other. All are [a-z0-9]+.
    """

    alternatives: tuple[Phrase, ...]
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """All groups must match; without groups nothing was asked for.

    `understood` are the stems for people to read. `typed` are the words as they stand in `text`, for corrections.
    """

    groups: tuple[Group, ...]
    understood: tuple[str, ...]
    typed: tuple[Token, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Words that belong together in a question: one, or several that must follow each other."""

    words: tuple[str, ...]
    others: tuple[Phrase, ...] = ()
    is_quoted: bool = False

    @property
    def stems(self) -> Phrase:
        return phrase_of(self.words)


def understand(q: str, expansions: Expansions) -> Query:
    """What `q` asks for. Never raises; looks at the first 1,000 characters and 32 words."""
    text = q[:LONGEST_QUESTION]
    typed: list[Token] = []
    parts: list[_Part] = []
    for start, end, is_quoted in _stretches(text):
        found = [Token(each.word, each.start + start, each.end + start) for each in tokens(text[start:end])]
        found = found[: MOST_WORDS - len(typed)]
        typed += found
        words = tuple(token.word for token in found)
        if words:
            parts += [_Part(words, is_quoted=True)] if is_quoted else _parts(text, found)
    parts = _saying(parts)
    return Query(
        tuple(dict.fromkeys(_groups(parts, expansions))),
        tuple(dict.fromkeys(stem(word) for part in parts for word in part.words)),
        tuple(typed),
        text,
    )


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    """The text in pieces as (start, end, quoted). A quotation mark without a second one is none."""
    marks = [found.start() for found in _QUOTES.finditer(text)]
    start = 0
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        yield start, opening, False
        yield opening + 1, closing, True
        start = closing + 1
    yield start, len(text), False


def _parts(text: str, found: Sequence[Token]) -> list[_Part]:
    """The words of a piece without quotation marks; names and numbers of several parts stay together."""
    runs: list[list[Token]] = []
    for token in found:
        if runs and _is_joined(text, runs[-1][-1], token):
            runs[-1].append(token)
        else:
            runs.append([token])
    parts: list[_Part] = []
    for run in runs:
        parts += _parts_of_run(tuple(token.word for token in run))
    return _dated(parts)


def _is_joined(text: str, before: Token, token: Token) -> bool:
    if before.end >= token.start:
        return True
    joint = _NUMBER_JOINT if _is_number(before.word) and _is_number(token.word) else _JOINT
    return joint.fullmatch(text, before.end, token.start) is not None


def _is_number(word: str) -> bool:
    return "0" <= word[0] <= "9"


def _parts_of_run(words: tuple[str, ...]) -> list[_Part]:
    first = words[0]
    if len(words) == 1:
        return [_Part(words)]
    if not _is_number(first) and stem(first) in _BEFORE_NUMBERS and _is_number(words[1]):
        return [_Part((first,)), *_parts_of_run(words[1:])]
    if any(_is_number(word) or len(word) == 1 for word in words):
        is_dated = len(words) == 2 and _is_number(first) and _YEAR.fullmatch(words[1]) is not None
        return [_Part(words, ((key(stem(first)), "tahun", words[1]),) if is_dated else ())]
    return [_Part((word,)) for word in words]


def _dated(parts: list[_Part]) -> list[_Part]:
    """`nomor 12 tahun 2026` as one part, which `12/2026` says as well; `nomor` before a number says nothing."""
    dated: list[_Part] = []
    for part in parts:
        number = dated[-2].stems if len(dated) > 1 else ()
        if dated and _is_number(part.words[0]) and dated[-1].stems == ("nomor",):
            dated[-1] = part
        elif (
            len(number) == 1
            and _is_number(number[0])
            and dated[-1].stems == ("tahun",)
            and _YEAR.fullmatch(part.words[0])
        ):
            words = (*dated[-2].words, *dated[-1].words, *part.words)
            dated[-2:] = [_Part(words, ((*number, *part.stems),))]
        else:
            dated.append(part)
    return dated


def _saying(parts: list[_Part]) -> list[_Part]:
    """The parts that say something; all of them when none does."""
    return [part for part in parts if part.is_quoted or len(part.words) > 1 or not is_unsaying(part.words[0])] or parts


def _groups(parts: Sequence[_Part], expansions: Expansions) -> Iterator[Group]:
    others: list[dict[Phrase, None]] = [dict.fromkeys(part.others) for part in parts]
    place = 0
    while place < len(parts):
        length, found = _expanded(parts[place:], expansions)
        for each in others[place : place + length]:
            # Of "a b" that may also be "c": each of both words, or "c". The words need not follow each other.
            each.update(dict.fromkeys(found))
        place += length
    last = len(parts) - 1
    for number, (part, more) in enumerate(zip(parts, others, strict=True)):
        prefixes = _prefixes(part) if number == last else ()
        whole = _whole_words(part, prefixes) if prefixes else ()
        yield Group(tuple(dict.fromkeys([part.stems, *more, *whole]))[:MOST_ALTERNATIVES], prefixes)


def _expanded(parts: Sequence[_Part], expansions: Expansions) -> tuple[int, tuple[Phrase, ...]]:
    """How many parts the longest known phrase at this place takes, and what else it is called."""
    for length in range(min(len(parts), expansions.longest), 0, -1):
        some = parts[:length]
        if not any(part.is_quoted for part in some):
            found = expansions.phrases.get(tuple(word for part in some for word in part.stems))
            if found is not None:
                return length, found
    return 1, ()


def _prefixes(part: _Part) -> tuple[str, ...]:
    """The last word may be half of one: as it is typed, and its stem, because the index holds stems (`perizin`: `izin`)."""
    if part.is_quoted or len(part.words) > 1:
        return ()
    word, root = part.words[0], stem(part.words[0])
    beginnings = [word] if len(word) >= SHORTEST_BEGINNING else []
    if len(root) >= SHORTEST_STEM_BEGINNING:
        beginnings = [root] if word.startswith(root) else [*beginnings, root]
    return tuple(map(key, beginnings))


def _whole_words(part: _Part, prefixes: tuple[str, ...]) -> Iterator[Phrase]:
    """Stems of words that may have been begun, where these do not begin so: `kesehata` is half of `kesehatan`, whose stem is `sehat`."""
    word = part.words[0]
    if len(word) >= SHORTEST_HALF:
        for whole in (word + "n", word + "an", *exceptions_from(word)):
            found = key(stem(whole))
            if not found.startswith(prefixes):
                yield (found,)
