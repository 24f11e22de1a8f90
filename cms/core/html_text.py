"""Sanitised HTML as plain text that says the same: blocks apart, lists with their numbers, tables with their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from cms.core.allowed_markup import BLOCKS, HEADINGS, ITEMS, TABLE_PARTS
from cms.core.entities import unescaped
from cms.core.html_lists import List, count_items, opened_list
from cms.core.html_tables import JoinedPlaces, Table
from cms.core.prepared import prepared

DEEPEST_INDENT: Final = 10
RAISED: Final = {
    "sup": str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾"),
    "sub": str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"),
}
"""Digits that must not become part of the number before them: 10⁶ is not 106."""
_DIGITS: Final = {
    name: {sign: shown for sign, shown in table.items() if chr(sign).isdecimal()} for name, table in RAISED.items()
}
"""Beside letters, brackets and signs stay as they are: a), [¹]."""

_MARKUP: Final = re.compile(r"(<[^<>]*>)")
_TAG: Final = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")


@prepared
def plain_text(html: str) -> str:
    """Sanitised HTML as text for people: paragraphs apart by an empty line, `- ` or the number before list items.

    Each row of a table is a line, its cells apart by ` | `; empty cells and joined ones keep their place. Takes time in proportion
    to the length. Not a sanitiser: the text may contain `<` and must be escaped where it is shown.
    """
    writer = _TextWriter()
    parts = _MARKUP.split(html)
    items = count_items(parts) if " reversed=" in html else {}
    for position, part in enumerate(parts):
        if position % 2:
            writer.tag(part, items.get(position, 0))
        elif part:
            writer.text(unescaped(part))
    return writer.result()


@dataclass(slots=True)
class _TextWriter:
    """Builds plain text from tags and the text between them."""

    _parts: list[str] = field(default_factory=list)
    _breaks: int = 0
    _lists: list[List] = field(default_factory=list)
    _tables: list[Table] = field(default_factory=list)
    _joined: JoinedPlaces = field(default_factory=JoinedPlaces)
    _mark: str = ""
    _raised_as: str = ""
    _is_preformatted: bool = False
    _is_spaced: bool = True

    def tag(self, markup: str, items: int) -> None:
        """Take an opening or closing tag; `items` are those of the list that it opens."""
        match = _TAG.match(markup)
        if match is None:
            return
        is_end, name = bool(match[1]), match[2]
        if name == "br":
            self._parts.append("\n")
            self._is_spaced = True
        elif name in {"ul", "ol"}:
            self._list(None if is_end else opened_list(markup, items))
        elif name in ITEMS:
            self._item(name, markup, is_end=is_end)
        elif name == "table":
            self._table(is_end=is_end)
        elif name in TABLE_PARTS:
            self._table_part(name, markup, is_end=is_end)
        else:
            self._other(name, is_end=is_end)

    def text(self, text: str) -> None:
        """Take text."""
        if not self._is_preformatted:
            text = _SPACES.sub(" ", text)
            if self._is_spaced or self._breaks or self._mark:
                text = text.lstrip(" ")
        if text:
            self._append(_raised(text, self._raised_as) if self._raised_as else text)

    def result(self) -> str:
        """All of it, without white space at the ends of lines."""
        self._write_number()
        return "\n".join(line.rstrip() for line in "".join(self._parts).split("\n")).strip()

    def _append(self, text: str) -> None:
        if self._parts and (self._breaks or self._mark):
            self._parts[-1] = self._parts[-1].rstrip()
            self._parts.append("\n" * self._breaks)
        self._parts.append(self._mark + text)
        self._breaks, self._mark, self._is_spaced = 0, "", text.endswith((" ", "\n")) or not text

    def _other(self, name: str, *, is_end: bool) -> None:
        if name in RAISED:
            self._raised_as = "" if is_end else name
        elif name in BLOCKS or name in HEADINGS:
            self._block(name, is_end=is_end)

    def _block(self, name: str, *, is_end: bool) -> None:
        if not self._mark:
            # The first paragraph of a list item stays on the line of its mark.
            self._break(2 if not self._lists else 1)
        if name == "pre":
            self._is_preformatted = not is_end

    def _list(self, opened: List | None) -> None:
        self._write_number()
        if opened is not None:
            self._break(1 if self._lists else 2)
            self._lists.append(opened)
            return
        if self._lists:
            self._lists.pop()
        self._break(1 if self._lists else 2)

    def _item(self, name: str, markup: str, *, is_end: bool) -> None:
        self._write_number()
        self._break(1)
        self._mark = ""
        if name == "li" and not is_end:
            mark = self._lists[-1].next_mark(markup) if self._lists else "- "
            self._mark = "  " * min(len(self._lists) - 1, DEEPEST_INDENT) + mark

    def _write_number(self) -> None:
        """Write the number of a list item that has no text of its own; a bullet without text says nothing."""
        if self._mark.strip(" -"):
            self._append("")

    def _table(self, *, is_end: bool) -> None:
        if is_end and self._tables:
            self._end_row()
            self._tables.pop()
        self._block("table", is_end=is_end)
        if not is_end:
            self._tables.append(Table(self._joined))

    def _table_part(self, name: str, markup: str, *, is_end: bool) -> None:
        if not self._tables:
            self._break(1)
        elif name not in {"td", "th"}:
            self._end_row()
            if name != "tr":
                self._tables[-1].begin_group()
            elif not is_end:
                self._begin_row()
        elif is_end:
            self._end_cell()
        else:
            self._begin_cell(markup)

    def _begin_cell(self, markup: str) -> None:
        if not self._tables[-1].is_in_row:
            self._begin_row()
        self._end_cell()
        self._tables[-1].begin_cell(len(self._parts), markup)
        self._is_spaced = True

    def _begin_row(self) -> None:
        self._tables[-1].begin_row(len(self._parts), self._breaks, self._mark)
        self._breaks, self._mark, self._is_spaced = 0, "", True

    def _end_cell(self) -> None:
        self._write_number()
        self._tables[-1].end_cell(len(self._parts))
        self._breaks, self._mark = 0, ""

    def _end_row(self) -> None:
        table = self._tables[-1]
        if not table.is_in_row:
            return
        self._end_cell()
        begin, self._breaks, self._mark = table.row_begins
        line = table.end_row(self._parts)
        del self._parts[begin:]
        if line:
            self._append(line)
        self._break(1)

    def _break(self, lines: int) -> None:
        self._breaks = max(self._breaks, lines)


def _raised(text: str, name: str) -> str:
    is_number = all(ord(sign) in RAISED[name] or sign.isspace() for sign in text)
    return text.translate((RAISED if is_number else _DIGITS)[name])
