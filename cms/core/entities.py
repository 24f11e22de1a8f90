"""Replaces the character references of HTML by their characters."""

from __future__ import annotations

import html
import re
from typing import Final

_LARGEST_DIGITS: Final = 7
_LONG_NUMBER: Final = re.compile(r"&#(?:([0-9]{8,})|([xX])([0-9a-fA-F]{8,}))")
_USUAL: Final = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\N{NO-BREAK SPACE}", "&amp;": "&"}
"""What cleaned HTML has, the ampersand last: what it ends up before begins no other reference."""
# No reference has a name of one letter.
_OTHER: Final = re.compile(r"&(?!(?:lt|gt|quot|nbsp|amp);)(?:#|[A-Za-z][A-Za-z0-9])")


def unescaped(text: str) -> str:
    """The text without character references, as the HTML standard reads them.

    Python's own function fails on a reference with thousands of digits (it reads no such number), and any author can write one.
    """
    if "&" not in text:
        return text
    if _OTHER.search(text) is None:
        # Each reference costs a call of a function otherwise.
        for reference, character in _USUAL.items():
            text = text.replace(reference, character)
        return text
    return html.unescape(_LONG_NUMBER.sub(_shortened, text))  # noqa: TID251 - the one place


def _shortened(reference: re.Match[str]) -> str:
    """The same number without leading zeros; an invalid character number stays invalid (it becomes U+FFFD)."""
    digits = (reference[1] or reference[3]).lstrip("0")[: _LARGEST_DIGITS + 1]
    return f"&#{reference[2] or ''}{digits or 0}"
