"""Makes a text plain for expressions: ASCII digits, usual blanks and dashes, nothing invisible. Lines stay lines."""

from __future__ import annotations

import unicodedata
from typing import Final

_PLAIN: Final = {
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    "\uff1a": ":",
    "\uff0e": ".",
    "\uff20": "@",
    "\r": "",
}


def plain(text: str) -> str:
    """The text with one spelling of digits, blanks and dashes."""
    if text.isascii():
        return text.replace("\r", "")
    spelling: dict[str, str | int | None] = {
        letter: _PLAIN.get(letter, str(unicodedata.decimal(letter)) if letter.isdecimal() else letter)
        for letter in set(text)
        if not letter.isascii() or letter == "\r"
    }
    return text.translate(str.maketrans(spelling))
