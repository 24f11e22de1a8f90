"""Mends HTML as it was written or pasted, before a parser reads it: what a parser drops or moves would join words of two blocks.

Takes time in proportion to the length.
"""

from __future__ import annotations

import re
from typing import Final

from cms.core.allowed_markup import BLOCKS, HEADINGS, ITEMS, TABLE_PARTS
from cms.core.html_repair import repaired

_OFFICE_DATA: Final = re.compile(r"<xml(?=[\s>])[^<>]*>", re.IGNORECASE)
_END_OF_OFFICE_DATA: Final = re.compile(r"</xml\s*>", re.IGNORECASE)
_OFFICE_NAME: Final = re.compile(r"<[a-z]+:[a-z]", re.IGNORECASE)
_COMMENT: Final = r"<!--(?:>|->|.*?--!?>|.*\Z)"
_PIECE: Final = re.compile(
    rf"{_COMMENT}|<(?P<end>/?)(?P<name>form|table|caption|col|colgroup|{'|'.join(sorted(TABLE_PARTS))})(?=[\s/>])(?P<rest>[^<>]*>?)",
    re.IGNORECASE | re.DOTALL,
)
_STANDS_IN_TABLE: Final = "|".join(
    sorted(
        TABLE_PARTS | BLOCKS | HEADINGS | ITEMS | {"col", "colgroup", "form", "input", "script", "style", "template"}
    )
)
_TEXT_OF_NO_CELL: Final = re.compile(rf"\s*(?:[^<\s]|<(?!(?:{_STANDS_IN_TABLE})[\s/>])[a-z])", re.IGNORECASE)
# Where a page of WordPress is folded or divided.
_DIVIDED: Final = re.compile(r"<!--\s*(?:more|nextpage)\b[^<>]*-->")
# A parser drops these; what stands before and after them is not one word.
_PAGE: Final = re.compile(r"(?<=[^\s>])</?(?:body|frameset|html)(?=[\s/>])", re.IGNORECASE)
_CELLS: Final = frozenset({"td", "th", "caption"})
_COLUMNS: Final = frozenset({"col", "colgroup"})


def mended(html: str) -> str:
    """The same HTML without what is broken (`cms.core.html_repair`) and the data of Office (`<xml>` outside comments), with words of
    no cell of a table on lines of their own, and an empty line where WordPress divides a text.
    """
    html = repaired(html)
    return _with_lines_beside_cells(_PAGE.sub(r"\n\g<0>", _DIVIDED.sub("\n\n", _without_office_data(html))))


def _without_office_data(html: str) -> str:
    """Settings that Word writes beside the text: `<xml><w:View>Normal</w:View><w:Zoom>0</w:Zoom></xml>`."""
    kept: list[str] = []
    position = 0
    while (begin := _OFFICE_DATA.search(html, position)) and (end := _END_OF_OFFICE_DATA.search(html, begin.end())):
        is_data = _OFFICE_NAME.search(html, begin.end(), end.start()) is not None
        kept.append(html[position : begin.start() if is_data else end.end()])
        position = end.end()
    return "".join([*kept, html[position:]]) if kept else html


def _with_lines_beside_cells(html: str) -> str:
    """Parts of a table without the table as `div`: a parser drops them, like a form in a form. And a line break before words in a
    table but in no cell: a parser puts them before the table, one behind the other.
    """
    return _PIECE.sub(_Tables().piece, html)


class _Tables:
    """The tables that are open at a tag."""

    def __init__(self) -> None:
        self._is_in_cell: list[bool] = []
        """Of each open table, whether a cell is open."""
        self._strays = 0

    def piece(self, match: re.Match[str]) -> str:
        """What to write for a comment or the tag of a table, a part of it, or a form."""
        name, end = (match["name"] or "").lower(), match["end"]
        is_in_table = bool(self._is_in_cell) and not self._is_in_cell[-1]
        if not name or (name == "form" and is_in_table):
            return match[0]
        if name == "form":
            return f"<{end}div{match['rest']}"
        if name == "table":
            self._table(is_end=bool(end), is_in_table=is_in_table)
        elif not self._is_in_cell and name in _COLUMNS:
            return match[0]
        elif not self._is_in_cell:
            return self._stray(end, match["rest"])
        else:
            self._is_in_cell[-1] = name in _CELLS and not end
        is_between = bool(self._is_in_cell) and not self._is_in_cell[-1]
        has_text = is_between and _TEXT_OF_NO_CELL.match(match.string, match.end()) is not None
        return f"{match[0]}<br>" if has_text else match[0]

    def _table(self, *, is_end: bool, is_in_table: bool) -> None:
        if self._is_in_cell and (is_end or is_in_table):
            # A table that is in no cell of the table around it ends that one.
            self._is_in_cell.pop()
        if not is_end:
            self._is_in_cell.append(False)

    def _stray(self, end: str, rest: str) -> str:
        if end and not self._strays:
            return ""
        self._strays += -1 if end else 1
        return f"<{end}div{rest}"
