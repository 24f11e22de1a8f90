"""Markdown from editors as HTML: CommonMark with tables and strikethrough; HTML inside it is text.

The parser is native, takes time in proportion to the length whatever the text is, and lets other threads run meanwhile. It cannot
switch HTML off, so every `<` that begins neither an address nor the target of a link is replaced first. What CommonMark would leave
out without a trace stays (`cms.core.markdown_source`).
"""

from __future__ import annotations

import re
from typing import Final

import pyromark

from cms.core.markdown_source import BRACKET, OPTIONS, item_numbers, whole
from cms.core.markup_bounds import has_too_many_tags

# Noncharacters: no text of ours may have them, and no rule of Markdown knows them.
_ANGLE: Final = "\ufdd0"
_ESCAPED_ANGLE: Final = "\ufdd7"
_TIMES: Final = "\ufdd8"
_MEANT: Final = {_ANGLE: "&lt;", _ESCAPED_ANGLE: "&lt;", _TIMES: "*", BRACKET: "["}
_IN_ADDRESS: Final = {"%EF%B7%90": "%3C", "%EF%B7%97": "%3C", "%EF%B7%98": "*", "%EF%B7%96": "%5B"}
_ANY_OF_OURS: Final = re.compile(f"[{''.join(_MEANT)}]")
_ENCODED: Final = re.compile("|".join(_IN_ADDRESS))
# `<https://...>` and `<name@host>` as CommonMark defines them (section 6.5), and `[words](</path>)`.
_OTHER_ANGLE: Final = re.compile(
    r"<(?!(?:https?|mailto|tel):[^\x00-\x20\x7f<>]*+>"
    r"|[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]++@[a-zA-Z0-9.-]++>"
    r"|(?<=\]\(<)[/#][^<>\n]*+>\))",
    re.IGNORECASE,
)
_BACKSLASH_ANGLE: Final = re.compile(r"(?<!\\)((?:\\\\)*+)\\<")
# 2*3*4 is a product.
_PRODUCT: Final = re.compile(r"(?<=[0-9])\*(?=[0-9])")
_CODE: Final = re.compile(r"(<code[^<>]*>.*?</code>)", re.DOTALL)
_ITEM: Final = re.compile("<li>")


def html_from_markdown(source: str) -> str:
    """The text as HTML, which is still to be sanitised: links may lead anywhere."""
    hidden = _ANY_OF_OURS.sub("", source)
    hidden = _BACKSLASH_ANGLE.sub(rf"\1{_ESCAPED_ANGLE}", hidden)
    hidden = whole(_PRODUCT.sub(_TIMES, _OTHER_ANGLE.sub(_ANGLE, hidden)))
    html: str = pyromark.html(hidden, options=OPTIONS)
    if _ESCAPED_ANGLE in html:
        # In code a backslash is one.
        parts = _CODE.split(html)
        parts[1::2] = [part.replace(_ESCAPED_ANGLE, rf"\{_ESCAPED_ANGLE}") for part in parts[1::2]]
        html = "".join(parts)
    html = _ENCODED.sub(lambda found: _IN_ADDRESS[found[0]], html)
    html = _ANY_OF_OURS.sub(lambda found: _MEANT[found[0]], html)
    if has_too_many_tags(html):
        # It is refused: no work for it.
        return html
    numbers = iter(item_numbers(hidden))
    return _ITEM.sub(lambda _item: next(numbers, "<li>"), html)
