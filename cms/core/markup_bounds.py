"""Recognises HTML that would take a parser far too long for its length, before it is parsed.

The HTML standard makes parsers repair everything. Two repairs take time with the square of the length: elements inside each other
are gone through at every tag, and bold text that is never closed is opened again in every paragraph that follows: five kilobytes
became a megabyte, fifty would have become a hundred. So the tags are counted, each as often as there are elements open around it.

The count may be higher than what a parser does, never much lower: an end tag counts only when it closes what was opened last, and
not at all after elements inside which the rules of reading change (drawings, scripts, templates).
"""

from __future__ import annotations

import re
from typing import Final

MOST_TAGS: Final = 10_000
MOST_LINKS: Final = 2_000
"""The longest article with a link in every second sentence has 800. The host of each link is looked up in the link lists."""
MOST_ATTRIBUTES: Final = 1_000
MOST_WORDS_AFTER_TAG: Final = 5_000
FREE_WORK: Final = 1_000
WORK_PER_CHARACTER: Final = 2
"""Ordinary HTML needs less than one: a tag has five characters and is inside two or three others."""

_NEVER_OPEN: Final = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "image",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# The next one ends them implicitly, so they nest only as deep as the elements around them.
_END_BY_THEMSELVES: Final = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot"])
_OPENED_AGAIN: Final = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_ONLY_TEXT_INSIDE: Final = frozenset(["style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"])
_CHANGE_THE_RULES: Final = frozenset(
    ["svg", "math", "script", "plaintext", "noscript", "template", "select", "frameset"]
)

# Tags, comments and what counts as one, as chapter 13.2.5 of the HTML standard reads them; an end that is missing is the end of the text.
SPACE: Final = r"\t\n\f\r "
_ATTRIBUTE: Final = rf"[^{SPACE}/>][^{SPACE}/>=]*+(?:[{SPACE}]*+=[{SPACE}]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\"'>{SPACE}][^>{SPACE}]*+)?+)?+"
_PIECE: Final = re.compile(
    rf"<!--(?:>|->|.*?--!?>|.*\Z)|<[!?][^>]*+>?|</(?![a-zA-Z])[^>]*+>?"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^{SPACE}/>]*+)(?P<rest>(?:[{SPACE}/]++|{_ATTRIBUTE})*+)>?",
    re.DOTALL,
)
_ANY_ATTRIBUTE: Final = re.compile(_ATTRIBUTE)
_MAKES_AN_ELEMENT: Final = re.compile(r"</(?:p|br)(?![a-z0-9])", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"<[a-zA-Z][^<]*+")
_LINK: Final = re.compile(rf"<a[{SPACE}/]", re.IGNORECASE)
# The address of a film alone in its paragraph becomes a link (cms.core.embeds).
_FILM: Final = re.compile(
    rf"<p(?:[{SPACE}/][^>]{{0,100}})?>[{SPACE}]{{0,10}}https?://[a-z.]{{0,20}}youtu", re.IGNORECASE
)
_SEPARATOR: Final = re.compile(rf"[{SPACE}/]")


def has_too_many_tags(html: str) -> bool:
    """True for more tags than any author writes."""
    if html.count("<") - html.count("</") > MOST_TAGS:
        return True
    # These end tags alone make an element.
    return html.count("</") > MOST_TAGS and len(_MAKES_AN_ELEMENT.findall(html)) > MOST_TAGS


def has_too_many_links(html: str) -> bool:
    """True for more links than any author writes, those that addresses of films will become among them."""
    return len(_LINK.findall(html)) + len(_FILM.findall(html)) > MOST_LINKS


def is_heavy(html: str) -> bool:
    """True when tags are nested so deeply, left open so often or have so many attributes that parsing would take too long.

    Takes time in proportion to the length.
    """
    most, tags = FREE_WORK + WORK_PER_CHARACTER * len(html), html.count("<") - html.count("</")
    if tags * tags <= most and max(map(len, html.split("<"))) < MOST_ATTRIBUTES:
        # Each tag inside all others would not be too much, nor an attribute for each character of a tag.
        return False
    work = _Work(most)
    position = 0
    while not work.is_too_much and (piece := _PIECE.search(html, position)) is not None:
        position = piece.end()
        name = (piece["name"] or "").lower()
        if name in _CHANGE_THE_RULES:
            return work.is_exceeded_by_every_tag(html, piece.start())
        if name in _ONLY_TEXT_INSIDE and not piece["end"]:
            end = re.compile(rf"</{name}(?=[{SPACE}/>])", re.IGNORECASE).search(html, position)
            position = end.end() if end else len(html)
        elif name:
            work.count(name, piece["rest"], is_end=bool(piece["end"]))
    return work.is_too_much


class _Work:
    """The work of a parser, counted in elements that it goes through."""

    def __init__(self, most: int) -> None:
        self._left, self._made, self._reopened = most, 0, 0
        self._open: list[str] = []
        self._has_crowded_tag = False

    @property
    def is_too_much(self) -> bool:
        return self._left < 0 or self._made > MOST_TAGS or self._has_crowded_tag

    def count(self, name: str, rest: str, *, is_end: bool) -> None:
        """Take a tag."""
        if is_end:
            if self._open and self._open[-1] == name:
                self._open.pop()
                self._reopened -= name in _OPENED_AGAIN
            return
        self._left -= len(self._open)
        if name not in _NEVER_OPEN and name not in _END_BY_THEMSELVES:
            self._open.append(name)
        is_opened_again = name in _OPENED_AGAIN
        self._made += 1 if is_opened_again else 1 + self._reopened
        self._reopened += is_opened_again
        if len(rest) > MOST_ATTRIBUTES:
            self._has_crowded_tag |= len(_ANY_ATTRIBUTE.findall(rest)) > MOST_ATTRIBUTES

    def is_exceeded_by_every_tag(self, html: str, position: int) -> bool:
        """The same when nothing from `position` on can be relied on to end: every tag opens an element."""
        for tag in _ANY_TAG.finditer(html, position):
            self._left -= len(self._open)
            self._open.append(tag[0])
            if len(tag[0]) > MOST_WORDS_AFTER_TAG and len(_SEPARATOR.findall(tag[0])) > MOST_WORDS_AFTER_TAG:
                return True
            if self._left < 0:
                return True
        return False
