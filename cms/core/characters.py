"""Characters that nobody sees: one rule for every text of ours (R-H6). And whether a text has anything to read.

- What can hide or reorder text is refused, with its place: controls, direction overrides and embeddings (Trojan Source), tags,
  surrogates and non-characters. A body that has one as a reference (`&#x202e;`) is held.
- What a paste brings along and what says nothing is taken out: zero-width spaces, soft hyphens, byte order marks, direction marks
  outside right-to-left texts, joiners between Latin letters.
- Line breaks of other kinds (U+2028, the vertical tab of Word) are line breaks; in a text of one line all of them are spaces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

_OTHER_BREAKS = r"\x0b\x0c\x85\u2028\u2029"
_CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_DIRECTION_CONTROLS = r"\u202a-\u202e\u2066-\u2069"
_DIRECTION_MARKS = r"\u061c\u200e\u200f"
_UNSEEN = r"\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_JOINERS = r"\u200c\u200d"
SURROGATES = r"\ud800-\udfff"
_NON_CHARACTERS = r"\ufdd0-\ufdef\ufffe\uffff"

# Two expressions: one class with characters beyond U+FFFF is ten times as slow, and hardly any text has them.
_HIDING: Final = re.compile(f"[{_CONTROLS}{_DIRECTION_CONTROLS}{SURROGATES}{_NON_CHARACTERS}]")
_BEYOND_FIRST_PLANE: Final = re.compile(r"[^\x00-\uffff]")
_FAR_HIDING: Final = re.compile(
    "["
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + r"\U000e0000-\U000e007f\U0001d173-\U0001d17a]"
)
_OTHER_BREAK: Final = re.compile(f"[{_OTHER_BREAKS}]")
_UNSEEN_ONE: Final = re.compile(f"[{_UNSEEN}]")
_MARK_OR_JOINER: Final = re.compile(f"[{_DIRECTION_MARKS}{_JOINERS}]")
# Other scripts and emoji need joiners.
_LATIN_JOINER: Final = re.compile(
    rf"[{_JOINERS}]++(?![^\x00-\u024f{_JOINERS}])|(?<![^\x00-\u024f{_JOINERS}])[{_JOINERS}]++"
)
_MARK: Final = re.compile(f"[{_DIRECTION_MARKS}]")
_RIGHT_TO_LEFT: Final = re.compile(r"[\u0590-\u05ff\u0600-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")
_ONE_LINE: Final = re.compile(r"[\t\n\r]+")
# A letter or digit of any script; the four Hangul fillers count as letters but show nothing.
_OF_A_WORD: Final = re.compile(r"[^\W_\u115f\u1160\u3164\uffa0]")


# White space, marks without a letter below them (variation selectors too), formats, controls; fillers and the blank of braille.
_SHOWING_NOTHING: Final = frozenset({"Zs", "Zl", "Zp", "Mn", "Me", "Cf", "Cc", "Cs", "Cn"})
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class Hiding(NamedTuple):
    """A character that can hide or reorder text, such as `U+202E`, and its place: 1 is the first character."""

    name: str
    place: int


def has_words(text: str) -> bool:
    """True when the text has a letter or a digit that people can see: not just punctuation, symbols or invisible characters."""
    return _OF_A_WORD.search(text) is not None


def is_readable(text: str) -> bool:
    """True when the text says something to people who see it: words, or at least one sign such as an emoji."""
    return has_words(text) or any(
        unicodedata.category(character) == "So" and character not in _BLANKS for character in text
    )


def shows_something(text: str) -> bool:
    """True when the text has any character that people can see, punctuation and symbols too."""
    return any(each not in _BLANKS and unicodedata.category(each) not in _SHOWING_NOTHING for each in text)


def first_hiding(text: str) -> Hiding | None:
    """The first character that can hide or reorder text."""
    found = _HIDING.search(text)
    if found is None and _BEYOND_FIRST_PLANE.search(text) is not None:
        found = _FAR_HIDING.search(text)
    return None if found is None else Hiding(f"U+{ord(found[0]):04X}", found.start() + 1)


def without_hiding(text: str) -> str:
    """The text without what `first_hiding` finds."""
    return text if first_hiding(text) is None else _FAR_HIDING.sub("", _HIDING.sub("", text))


def tidied(text: str) -> str:
    """The text without characters that say nothing, with a newline for line breaks of other kinds. Tidying it again changes nothing.

    Runs of combining marks can become longer: bound them afterwards.
    """
    if text.isascii() and "\x0b" not in text and "\x0c" not in text:
        return text
    text = _UNSEEN_ONE.sub("", _OTHER_BREAK.sub("\n", text))
    if _MARK_OR_JOINER.search(text) is None:
        return text
    if _RIGHT_TO_LEFT.search(text) is None:
        text = _MARK.sub("", text)
    return _LATIN_JOINER.sub("", text)


def on_one_line(text: str) -> str:
    """The text with a space for line breaks and tabs."""
    return _ONE_LINE.sub(" ", text)
