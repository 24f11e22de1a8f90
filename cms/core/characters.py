"""Characters that no text of ours may have: controls, direction controls (Trojan Source), surrogates and non-characters (R-H6).
And whether a text has anything to read.
"""

from __future__ import annotations

import re

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_DIRECTION_CONTROLS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
SURROGATES = r"\ud800-\udfff"
_NON_CHARACTERS = r"\ufdd0-\ufdef\ufffe\uffff"
# Two expressions: one class with characters beyond U+FFFF is ten times as slow, and hardly any text has them.
_BAD_CHARACTER = re.compile(f"[{_CONTROLS}{_DIRECTION_CONTROLS}{SURROGATES}{_NON_CHARACTERS}]")
_BEYOND_FIRST_PLANE = re.compile(r"[^\x00-\uffff]")
_FAR_NON_CHARACTER = re.compile("[" + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17)) + "]")
# A letter or digit of any script; the four Hangul fillers count as letters but show nothing.
_OF_A_WORD = re.compile(r"[^\W_\u115f\u1160\u3164\uffa0]")


def has_words(text: str) -> bool:
    """True when the text has a letter or a digit that people can see: not just punctuation, symbols or invisible characters."""
    return _OF_A_WORD.search(text) is not None


def has_bad_characters(text: str) -> bool:
    """True when the text has NUL, other controls than tab and line breaks, surrogates, non-characters or direction controls."""
    if _BAD_CHARACTER.search(text) is not None:
        return True
    return _BEYOND_FIRST_PLANE.search(text) is not None and _FAR_NON_CHARACTER.search(text) is not None


def without_bad_characters(text: str) -> str:
    """The text without what `has_bad_characters` finds."""
    return _FAR_NON_CHARACTER.sub("", _BAD_CHARACTER.sub("", text))
