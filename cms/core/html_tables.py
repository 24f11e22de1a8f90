"""Rows of HTML tables as lines of text, in which every value stands in its column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

MOST_JOINED: Final = 10_000
"""Places that joined cells may fill in one text: `colspan` could name more than anybody can read."""
_TO_THE_END: Final = 10_000

_SPAN: Final = re.compile(r' (colspan|rowspan)="([0-9]{1,4})"')


@dataclass(slots=True)
class _Cell:
    begin: int
    columns: int
    rows: int
    end: int | None = None


@dataclass(slots=True)
class JoinedPlaces:
    """How many places joined cells may still fill, in all tables of one text."""

    left: int = MOST_JOINED


@dataclass(slots=True)
class Table:
    """A table while its rows are read. Cells are known by where they begin and end in a list of written parts.

    `row_begins` is that place for the row, with the line breaks and the list mark that wait before it.
    """

    joined: JoinedPlaces
    is_in_row: bool = False
    row_begins: tuple[int, int, str] = (0, 0, "")
    _cells: list[_Cell] = field(default_factory=list)
    _covered: dict[int, int] = field(default_factory=dict)
    """Columns that cells of rows above reach into, and for how many rows more."""

    def begin_group(self) -> None:
        """Begin a part of the table, into which no cell of another part reaches."""
        self._covered.clear()

    def begin_row(self, begin: int, breaks: int, mark: str) -> None:
        """Begin a row."""
        self.is_in_row, self.row_begins = True, (begin, max(breaks, 1), mark)
        self._cells = []

    def begin_cell(self, begin: int, markup: str) -> None:
        """Begin a cell, whose tag this is."""
        spans = {name: int(number) for name, number in _SPAN.findall(markup)}
        columns = max(1, min(spans.get("colspan", 1), 1 + self.joined.left))
        self.joined.left -= columns - 1
        self._cells.append(_Cell(begin, columns, spans.get("rowspan", 1) or _TO_THE_END))

    def end_cell(self, end: int) -> None:
        """End the open cell, if there is one."""
        if self._cells and self._cells[-1].end is None:
            self._cells[-1].end = end

    def end_row(self, parts: Sequence[str]) -> str:
        """The row as text; empty when it has none. A row of one cell, which lays out a page, keeps its line breaks."""
        self.is_in_row = False
        texts = ["".join(parts[cell.begin : cell.end]) for cell in self._cells]
        places = self._placed(texts)
        if not any(text.strip() for text in texts):
            return ""
        if len(places) == 1:
            return places[0].strip("\n").rstrip()
        line = "".join(f" | {text}".rstrip() for text in map(_on_one_line, places))
        return line.removeprefix(" | ")

    def _placed(self, texts: Sequence[str]) -> list[str]:
        """The texts of the cells in the columns where they stand; the last one is that of a cell of this row."""
        above = {} if len(self._covered) > self.joined.left else self._covered
        self.joined.left -= len(above)
        self._covered = {column: rows - 1 for column, rows in above.items() if rows > 1}
        places: list[str] = []
        written = 0
        for cell, text in zip(self._cells, texts, strict=True):
            while len(places) in above:
                places.append("")
            if cell.rows > 1:
                self._covered |= dict.fromkeys(range(len(places), len(places) + cell.columns), cell.rows - 1)
            places.append(text)
            written = len(places)
            places += [""] * (cell.columns - 1)
        return places[:written]


def _on_one_line(text: str) -> str:
    if "\n" not in text:
        return text.strip()
    return " ".join(line for line in map(str.strip, text.split("\n")) if line)
