"""Removes the encodings that can hide a link: percent signs, entities, punycode, however often nested."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from cms.core.entities import unescaped

MOST_ROUNDS: Final = 4
"""How many encodings of different kinds may be nested. One kind is removed at any depth in one round."""
_NESTED_PERCENT: Final = re.compile("%(?:25)+")
_NESTED_ENTITY: Final = re.compile("&(?:amp;|#38;|#x26;)+", re.IGNORECASE)
_PUNYCODE: Final = re.compile("(?<![a-z0-9-])xn--([a-z0-9-]{1,59})", re.IGNORECASE)
_FULL_STOPS: Final = str.maketrans("\u3002\uff0e\uff61", "...")
"""Characters that browsers read as the dot of a host name (UTS 46)."""


def entities_decoded(text: str) -> str:
    """The text with its entities as characters, also where `&` itself was written as one."""
    return unescaped(_NESTED_ENTITY.sub("&", text)) if "&" in text else text


def decoded(text: str) -> str:
    """The fully decoded text, as browsers would end up with it; each round takes time in proportion to its length."""
    for _ in range(MOST_ROUNDS):
        plain = entities_decoded(text)
        if "%" in plain:
            plain = unquote(_NESTED_PERCENT.sub("%", plain))
        if plain == text:
            break
        text = plain
    return text.translate(_FULL_STOPS)


def unpunycoded(text: str) -> str:
    """The text with the letters that `xn--` stands for, as an address bar shows them."""
    return _PUNYCODE.sub(_letters, text) if "xn--" in text.lower() else text


def _letters(label: re.Match[str]) -> str:
    try:
        return label[1].encode("ascii").decode("punycode")
    except UnicodeError:
        return label[0]
