"""Text from outside is measured before anything is computed on it.

`unicodedata.normalize` takes time with the square of a run of combining marks and holds the interpreter meanwhile: a quarter of
a megabyte of marks stops a process for half a minute. So runs are bounded as Unicode's Stream-Safe Text Format does it
(UAX #15, section 13), and the length of the raw text is checked. Both checks take time in proportion to the length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LONGEST_MARK_RUN: Final = 30
"""Combining marks in a row: the bound of the Stream-Safe Text Format. Writing systems that people use need fewer than ten."""
MOST_PARTS_OF_ONE: Final = 4
"""At most this many characters compose into one (NFC; UAX #15, section 9): longer raw text cannot fit."""
_FIRST_MARK: Final = 0x300
_AFTER_LAST_MARK: Final = 0x1F000


def _is_mark(character: str) -> bool:
    """True for combining marks, and for characters that decompose into nothing but marks (U+0F73, U+FF9E)."""
    return all(map(unicodedata.combining, unicodedata.normalize("NFKD", character)))


def _ranges(characters: Iterable[str]) -> str:
    """Sorted characters as ranges for a regular expression's character class."""
    found: list[list[str]] = []
    for character in characters:
        if found and ord(found[-1][1]) + 1 == ord(character):
            found[-1][1] = character
        else:
            found.append([character, character])
    return "".join(f"{first}-{last}" for first, last in found)


# A normalised character is never empty. Most characters are neither marks nor decompose: no function of ours is called for them.
_MARKS: Final = [
    character
    for character in map(chr, range(_FIRST_MARK, _AFTER_LAST_MARK))
    if unicodedata.combining(character) or (unicodedata.decomposition(character) and _is_mark(character))
]
_PLAIN_MARKS: Final = _ranges(character for character in _MARKS if character <= "\uffff")
# Two expressions: one class with characters beyond U+FFFF is thirty times as slow, and hardly any text has them.
_RUN: Final = re.compile(f"[{_PLAIN_MARKS}]{{{LONGEST_MARK_RUN + 1}}}")
_FAR_RUN: Final = re.compile(f"[{_ranges(_MARKS)}]{{{LONGEST_MARK_RUN + 1}}}")
_ANY_MARKS: Final = re.compile(f"[{_ranges(_MARKS)}]+")
_FAR_MARK: Final = re.compile(f"[{_ranges(character for character in _MARKS if character > chr(0xFFFF))}]")
_FAR: Final = re.compile("[^\x00-\uffff]")


def has_long_mark_run(text: str) -> bool:
    """True when more than 30 combining marks follow each other: nothing may normalise such a text."""
    if text.isascii():
        return False
    if _RUN.search(text) is not None:
        return True
    return _FAR.search(text) is not None and _FAR_MARK.search(text) is not None and _FAR_RUN.search(text) is not None


def without_marks(text: str) -> str:
    """The text without its combining marks, for comparing what people read."""
    return _ANY_MARKS.sub("", text)


def is_longer_raw(text: str, longest: int) -> bool:
    """True when the text is longer than `longest` in every normal form; takes constant time."""
    return len(text) > longest * MOST_PARTS_OF_ONE
