"""Keeps what the structure of foreign HTML says where its elements are not those that readers get.

Two steps: one on the source, for what a parser would drop or move; one on what the cleaner wrote of it, where every tag is well
formed. Both take time in proportion to the length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cms.core.allowed_markup import ALLOWED_TAGS, BLOCKS, HEADINGS, ITEMS, REMOVED_WITH_CONTENT, TABLE_PARTS
from cms.core.html_styles import STYLED, as_elements, without_code

FOREIGN_BLOCKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            {"address", "article", "aside", "center", "details", "dialog", "fieldset", "footer", "form", "header"}
            | {"hgroup", "legend", "main", "marquee", "multicol", "nav", "optgroup", "option", "search", "section"}
            | {"summary"},
            "div",
        ),
        **dict.fromkeys(["dir", "menu"], "ul"),
        "listing": "pre",
    }
)
"""Elements that browsers show as blocks, with what readers get for them."""
APART: Final = frozenset(
    ("audio", "button", "canvas", "label", "meter", "output", "progress", "rb", "rt", "rtc", "video")
)
"""Elements inside a line that stand apart from the words beside them."""
FOREIGN_INLINE: Final = frozenset((
    "acronym", "basefont", "bdi", "bdo", "big", "blink", "data", "dfn", "font", "image", "map", "nobr", "noindex", "picture", "rp",
    "ruby", "samp", "slot", "spacer", "span", "strike", "time", "tt", "var", "wbr",
))  # fmt: skip
WITHOUT_TEXT: Final = frozenset((
    "area", "base", "bgsound", "body", "col", "colgroup", "frame", "head", "html", "input", "keygen", "link", "meta", "param", "source",
    "track",
))  # fmt: skip
"""Elements that have no text, or that a parser leaves out of a body."""

_MARKUP: Final = re.compile(r"(<[^<>]*>)")
_TAG: Final = re.compile(r"<(/?)([a-z][a-z0-9_.:-]*)")
_NAME: Final = re.compile(r"<([a-zA-Z][^\t\n\f\r />]*)")
# Those of Word, `o:p` and `st1:place`, stand inside a paragraph.
_MAY_BE_BLOCK: Final = re.compile("(?!o:p$|st[0-9]+:)[a-z][a-z0-9_.:-]*")
_TYPE: Final = re.compile(' type="([^"]*)"')
_KNOWN: Final = ALLOWED_TAGS | REMOVED_WITH_CONTENT | WITHOUT_TEXT | FOREIGN_INLINE
ELEMENTS: Final = _KNOWN | FOREIGN_BLOCKS.keys() | APART | {"xml"}
"""The names that are those of elements even where nobody ends them; other words in angle brackets may be words."""
_LINES: Final = HEADINGS | {"p"}
_BLOCK_EDGES: Final = BLOCKS | HEADINGS | ITEMS | TABLE_PARTS | FOREIGN_BLOCKS.keys() | {"br"}


_LINKS_SIDE_BY_SIDE: Final = re.compile(r'(<a href="([^"]*)"[^<>]*>(?:[^<]++|<(?!/?a[ >]))*+)</a>(?=<a href="(?!\2"))')


def foreign_names(html: str) -> frozenset[str]:
    """The names of elements in this HTML that the cleaner must keep for `restructured`."""
    names = {name.lower() for name in set(_NAME.findall(html))}
    kept = {name for name in names - _KNOWN if _MAY_BE_BLOCK.fullmatch(name)}
    return frozenset(kept | (names & {"span"} if "style" in html.lower() else set()))


def restructured(html: str) -> str:
    """What the cleaner wrote, with elements that readers get: other blocks as `div`, headings below that of the page.

    No words of two blocks grow together, styles are elements, lists have the numbers that their styles name.
    """
    parts = _MARKUP.split(html)
    step = _Step(parts, list(parts), has_heading_of_page="</h1>" in html)
    for position in range(1, len(parts), 2):
        step.take(position)
    return "".join(parts)


def links_apart(html: str) -> str:
    """Cleaned HTML with a space between links to two places: buttons, tags and menus stand apart, whatever a style sheet did."""
    return _LINKS_SIDE_BY_SIDE.sub(r"\1</a> ", html) if "</a><a " in html else html


@dataclass(slots=True)
class _Step:
    """Replaces tags in `parts`; `before` are the parts as they were."""

    parts: list[str]
    before: list[str]
    has_heading_of_page: bool
    _ends: list[str] = field(default_factory=list)
    """The ends of the styled elements that are open."""
    _unknown: list[tuple[int, bool]] = field(default_factory=list)
    """Where elements with unknown names began that are open, and whether that was inside a line."""
    _lists: list[tuple[int, str | None]] = field(default_factory=list)
    """Where the lists began that are open, with their kinds; None while no item has named it."""
    _open_lines: int = 0

    def take(self, position: int) -> None:
        """Replace the tag at this position."""
        match = _TAG.match(self.parts[position])
        if match is None:
            return
        end, name = match[1], match[2]
        if name in _LINES:
            self._open_lines += -1 if end else 1
        if name in HEADINGS or name in FOREIGN_BLOCKS:
            rest = self.parts[position][len(end) + len(name) + 1 :]
            self.parts[position] = f"<{end}{self._own_name(name)}{rest}"
        elif name in STYLED:
            self._style(position, name, is_end=bool(end))
        elif name in {"ol", "ul", "li"}:
            self._list(position, name, is_end=bool(end))
        elif name in APART:
            self.parts[position] = self._space(position, is_end=bool(end))
        elif name not in ALLOWED_TAGS:
            self._unknown_element(position, name, is_end=bool(end))

    def _own_name(self, name: str) -> str:
        if name in HEADINGS:
            return f"h{min(6, int(name[1]) + self.has_heading_of_page)}"
        return FOREIGN_BLOCKS[name]

    def _style(self, position: int, name: str, *, is_end: bool) -> None:
        if is_end:
            self.parts[position] = self._ends.pop()
            return
        self.parts[position], end = as_elements(name, self.parts[position])
        self._ends.append(end)

    def _list(self, position: int, name: str, *, is_end: bool) -> None:
        if is_end:
            if name != "li":
                self._lists.pop()
            return
        bare, kind = without_code(self.parts[position])
        named = kind or _kind_of(bare)
        if name != "li":
            self._lists.append((position, named or None if name == "ol" else "bullets"))
        elif self._lists:
            kind = self._kind_beside_list(kind, named)
        self.parts[position] = _with_kind(bare, kind)

    def _kind_beside_list(self, kind: str, named: str) -> str:
        """The kind of an item by its style, empty when it is that of its list. The first item names it for a list without one."""
        began, of_list = self._lists[-1]
        if of_list is None:
            of_list = kind or "1"
            self._lists[-1] = (began, of_list)
            self.parts[began] = _with_kind(self.parts[began], of_list)
        return "" if named == of_list else kind

    def _unknown_element(self, position: int, name: str, *, is_end: bool) -> None:
        if not is_end:
            self._unknown.append((position, self._open_lines > 0))
            return
        began, is_in_line = self._unknown.pop()
        if not is_in_line and self._is_edge(began - 1, began - 2) and self._is_edge(position + 1, position + 2):
            self.parts[began], self.parts[position] = "<div>", "</div>"
        else:
            self.parts[began] = self._space(began, is_end=False)
            self.parts[position] = self._space(position, is_end=True)

    def _is_edge(self, text: int, tag: int) -> bool:
        """True when nothing but white space is between here and the edge of a block or of another unknown element."""
        if self.before[text].strip():
            return False
        match = _TAG.match(self.before[tag]) if 0 <= tag < len(self.before) else None
        return match is None or match[2] in _BLOCK_EDGES or match[2] not in ALLOWED_TAGS | STYLED | APART

    def _space(self, position: int, *, is_end: bool) -> str:
        """A space, unless the character beside the element parts words anyway."""
        beside = self.before[position + 1][:1] if is_end else self.before[position - 1][-1:]
        return " " if not beside or beside.isalnum() else ""


def _kind_of(tag: str) -> str:
    match = _TYPE.search(tag)
    return match[1] if match is not None else ""


def _with_kind(tag: str, kind: str) -> str:
    """The tag of a list or an item with its kind of numbers; an empty one changes nothing, and `1` is what no type means."""
    if not kind:
        return tag
    bare = _TYPE.sub("", tag)
    return bare if kind == "1" and bare.startswith("<ol") else f'{bare[:-1]} type="{kind}">'
