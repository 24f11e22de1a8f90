"""Markdown from editors as HTML: CommonMark with tables and strikethrough; HTML inside it is text.

The parser is native, takes time in proportion to the length whatever the text is, and lets other threads run meanwhile. It cannot
switch HTML off, so every `<` that begins neither an address nor the target of a link is replaced first.
"""

from __future__ import annotations

import re
from typing import Final

import pyromark

_OPTIONS: Final = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
# A noncharacter: no text of ours may have it, and no rule of Markdown knows it.
_ANGLE: Final = "\ufdd0"
_ANGLE_IN_ADDRESS: Final = "%EF%B7%90"
# `<https://...>` and `<name@host>` as CommonMark defines them (section 6.5), and `[words](</path>)`.
_OTHER_ANGLE: Final = re.compile(
    r"<(?![A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20\x7f<>]*+>"
    r"|[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]++@[a-zA-Z0-9.-]++>"
    r"|(?<=\]\(<)[/#][^<>\n]*+>\))"
)


def html_from_markdown(source: str) -> str:
    """The text as HTML, which is still to be sanitised: links may lead anywhere."""
    hidden = _OTHER_ANGLE.sub(_ANGLE, source.replace(_ANGLE, ""))
    html: str = pyromark.html(hidden, options=_OPTIONS)
    return html.replace(_ANGLE, "&lt;").replace(_ANGLE_IN_ADDRESS, "%3C")
