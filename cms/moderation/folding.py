"""Text as a reader's eye sees it: undoes hidden characters, look-alike letters, digits for letters and spread letters.

Only for comparing with the lexicon: `s l o t`, `$l0t`, `sloooot` and `slot` in Cyrillic letters all become `slot`. Every
expression here takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Final

from cms.core.bounded_text import has_long_mark_run, without_marks
from cms.moderation.decoding import entities_decoded

CONFUSABLES: Final = Path(__file__).resolve().parent / "seed" / "confusables.txt"

# Zero-width characters, direction controls, fillers, variation selectors, tags, and combining marks (after NFKD).
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# Single characters that fall apart into many, none of them a Latin letter: Arabic phrases, squared words and units, Korean dates.
_MANY_IN_ONE: Final = re.compile("[\u321d\u321e\u3300-\u3357\u33ae\u33af\ufdfa\ufdfb]")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_LETTER: Final = "[a-z0-9@$]"
# Single letters with the same one to three characters between them: `s l o t`, `g.a.c.o.r`, `t*o*g*e*l`.
_SPREAD: Final = re.compile(
    rf"(?<!{_LETTER}){_LETTER}([^a-z0-9@$\n]{{1,3}}){_LETTER}(?!{_LETTER})(?:\1{_LETTER}(?!{_LETTER})){{2,}}"
)
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9@$]+")
# A name with a number behind it, as such sites call themselves: slot88, dewa4d, t0g3l77.
_BRAND: Final = re.compile(
    r"(?<![a-z0-9@$])(?:([a-z]{3,24})([0-9]{2,4}|[2-4]d)|([a-z][a-z0-9]{2,23}?)(77|88|99|138|303|777|888|[2-4]d))(?![a-z0-9@$])"
)
# The part before the number, when it has digits of its own: single ones between letters, as in t0g3l. KT10(88) is a number plate.
_NAME: Final = re.compile("[a-z]+|[a-z]+(?:[013457][a-z]+)+[013457]?")
# Numbers, and codes such as number plates and asset numbers: their digits stay digits, except beside a word that is
# disguised: 7070 m4c4u.
_CODE: Final = re.compile("[0-9]+|[a-z]{1,2}[1-9][0-9]{2,}")
_DISGUISED: Final = re.compile("[0-9@$][a-z]")
_NUMBERED: Final = re.compile("[a-z](?:[0-9]{2}|[2-4]d)")
_WORD: Final = re.compile(r"[a-z0-9@$]+(?:[!|+][a-z0-9@$]+)*")
# `1` stands for `l` as often as for `i`, so the two letters are one here, and `0` is `o`.
_LEET: Final = str.maketrans("i10o3457@$8692!|+", "llooeastasbggzllt")
_DOUBLES: Final = tuple(letter * 2 for letter in ascii_lowercase if letter != "i")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """`words` in their order, folded; `brands` are names with a number behind, as (name, number), unfolded.

    `spread` are the words that were written letter by letter, folded; several words can run together in one.
    """

    words: list[str]
    brands: list[tuple[str, str]]
    spread: list[str]


def _read_confusables() -> dict[int, str]:
    lines = CONFUSABLES.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    return {ord(double): letter for letter, doubles in pairs for double in doubles}


_LATIN: Final = _read_confusables()


def latin(text: str) -> str:
    """The text in lower case, with everything invisible removed and look-alikes replaced by the Latin letter they imitate."""
    text = entities_decoded(text)
    if text.isascii():
        return text.lower()
    if has_long_mark_run(text):
        # Written in an encoding that only this step removes.
        text = without_marks(text)
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKD", _MANY_IN_ONE.sub(" ", _INVISIBLE.sub("", text))))
    return _FOREIGN.sub(lambda run: run[0].casefold().translate(_LATIN), text.lower())


def folded(text: str) -> FoldedText:
    """The words of the text for comparing with the lexicon."""
    spread: list[str] = []
    brands: list[tuple[str, str]] = []

    def join(run: re.Match[str]) -> str:
        spread.append(_NOT_LETTERS.sub("", run[0]))
        return spread[-1]

    def cut(match: re.Match[str]) -> str:
        name, number = match[1] or match[3], match[2] or match[4]
        # A number plate or a code, not a name.
        if not _NAME.fullmatch(name):
            return match[0]
        brands.append((name, number))
        return name

    plain = _SPREAD.sub(join, latin(text))
    if _NUMBERED.search(plain):
        plain = _BRAND.sub(cut, plain)
    return FoldedText(_words(plain), brands, _words(" ".join(spread)) if spread else [])


def folded_key(text: str) -> str:
    """A term of the lexicon in the form that the joined words of a text have."""
    return "".join(_words(latin(text)))


def _words(text: str) -> list[str]:
    words = _WORD.findall(text) or [""]
    disguised = [bool(_DISGUISED.search(word)) for word in words]
    beside = [
        before or behind for before, behind in zip([False, *disguised[:-1]], [*disguised[1:], False], strict=True)
    ]
    return _undoubled(
        " ".join(
            [
                word if not is_beside and _CODE.fullmatch(word) else word.translate(_LEET)
                for word, is_beside in zip(words, beside, strict=True)
            ]
        )
    ).split(" ")


def _undoubled(text: str) -> str:
    for double in _DOUBLES:
        while double in text:
            text = text.replace(double, double[0])
    return text
