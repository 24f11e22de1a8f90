"""What CommonMark leaves out without a trace, changed in the source so that readers get it.

Cells beyond those of the first row of a table, addresses that no link refers to (`[Sumber]: https://...`), footnotes, and the numbers of
the items of a list. Takes time in proportion to the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import pyromark

OPTIONS: Final = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
BRACKET: Final = "\ufdd6"
"""Stands for a `[` that begins no definition; a noncharacter, which no text of ours may have."""

MOST_ROUNDS: Final = 3
"""A definition that becomes a paragraph can make another one of what follows it."""

_MAY_BE_TABLE: Final = re.compile(r"^[ \t>*+0-9.)-]*[|:-][ \t|:-]*$", re.MULTILINE)
_MAY_BE_DEFINITION: Final = re.compile(
    rb"^[ \t>*+0-9.)-]*(\[)((?:[^\[\]\\]|\\.){1,999})\]:[ \t]*\n?[ \t]*\S+[ \t]*(?:$|[\"'(])", re.MULTILINE
)
_MAY_BE_NUMBERED: Final = re.compile(r"^[ \t>*+0-9.)-]*[0-9][.)][ \t]", re.MULTILINE)
_PIPE: Final = re.compile(rb"(?<!\\)\|")
_NUMBER: Final = re.compile(rb"[0-9]{1,9}")

_Edit = tuple[int, int, bytes]
"""Bytes from and up to a place, and what is written instead."""


def whole(source: str) -> str:
    """The same Markdown, so written that nothing in it is left out."""
    if "]:" in source:
        source = _edited(source, _repeated_definitions(source.encode()))
        for _ in range(MOST_ROUNDS):
            before, source = source, _edited(source, _unused_definitions(source.encode()))
            if source == before:
                break
    if "|" in source and _MAY_BE_TABLE.search(source):
        source = _edited(source, _wider_tables(source.encode()))
    return source


def _edited(source: str, edits: Iterable[_Edit]) -> str:
    written, parts, position = source.encode(), list[bytes](), 0
    for begin, end, text in sorted(edits):
        if begin >= position:
            parts += [written[position:begin], text]
            position = end
    return b"".join([*parts, written[position:]]).decode()


def _edges(event: object) -> tuple[Any, Any]:
    """What begins and what ends with an event of the parser."""
    return (event.get("Start"), event.get("End")) if isinstance(event, dict) else (None, None)


# --- definitions of links ---


def _repeated_definitions(source: bytes) -> list[_Edit]:
    """What looks like a definition of a name that an earlier one defines: only the first counts."""
    known = pyromark.reference_definitions(source.decode(), options=OPTIONS)
    first = {found["span"]["start"] for found in known.values()}
    names = set(map(_folded, known))
    return [
        (match.start(1), match.end(1), BRACKET.encode())
        for match in _MAY_BE_DEFINITION.finditer(source)
        if match.start(1) not in first and _folded(match[2].decode()) in names
    ]


def _unused_definitions(source: bytes) -> Iterator[_Edit]:
    """Definitions that no link uses, as paragraphs of their own; so are footnotes."""
    known = pyromark.reference_definitions(source.decode(), options=OPTIONS)
    used = set(_names_in_links(source.decode())) if known else set()
    for name, found in known.items():
        if _folded(name) not in used or name.startswith("^"):
            begin, end = found["span"]["start"], found["span"]["end"]
            yield begin, begin + 1, BRACKET.encode()
            yield end, end, b"\n"


def _names_in_links(source: str) -> Iterator[str]:
    for event in pyromark.events(source, options=OPTIONS):
        began, _ended = _edges(event)
        if isinstance(began, dict):
            link = began.get("Link") or began.get("Image") or {}
            yield _folded(link.get("id", ""))


def _folded(name: str) -> str:
    """A name as CommonMark compares it."""
    return " ".join(name.split()).casefold()


# --- tables ---


@dataclass(slots=True)
class _Table:
    """A table: where its first row ends, its columns, and how many cells its longest row has."""

    head: tuple[int, int]
    columns: int = 0
    cells: int = 0


def _wider_tables(source: bytes) -> list[_Edit]:
    """Columns without a name for tables whose rows have more cells than the first."""
    edits: list[_Edit] = []
    table = _Table((0, 0))
    for event, place in pyromark.events_with_range(source.decode(), options=OPTIONS):
        began, ended = _edges(event)
        if began == "TableHead":
            table = _Table((place["start"], place["end"]))
        elif began == "TableCell" and not table.cells:
            table.columns += 1
        elif ended == "TableHead":
            table.cells = table.columns
        elif began == "TableRow":
            table.cells = max(table.cells, _cells(source[place["start"] : place["end"]]))
        elif ended == "Table" and table.cells > table.columns:
            edits += _wider(source, table)
    return edits


def _cells(row: bytes) -> int:
    """The cells of a row, up to the last one in which something stands."""
    cells = _PIPE.split(row.strip().removeprefix(b"|"))
    while cells and not cells[-1].strip():
        cells.pop()
    return len(cells)


def _wider(source: bytes, table: _Table) -> Iterator[_Edit]:
    more = table.cells - table.columns
    head = source[slice(*table.head)].rstrip()
    end_of_head = table.head[0] + len(head)
    end_of_line = source.find(b"\n", end_of_head + 1)
    rule = source[end_of_head + 1 : end_of_line if end_of_line >= 0 else len(source)].rstrip()
    for line, end, cell in ((head, end_of_head, b" |"), (rule, end_of_head + 1 + len(rule), b"-|")):
        yield end, end, (b"" if _PIPE.search(line[-1:]) and not line.endswith(b"\\|") else b"|") + cell * more


# --- numbers of lists ---


@dataclass(slots=True)
class _List:
    """A list: the numbers that its items have in the source, with their places among all items. Bullets have none."""

    is_numbered: bool
    items: list[tuple[int, int]] = field(default_factory=list)


def item_numbers(source: str) -> Iterator[str]:
    """The tag of each item of a list, in the order of the page; with its number where that is not the next one.

    Yields nothing when every item has the number that browsers give it. A list with one and the same number everywhere is counted.
    """
    if _MAY_BE_NUMBERED.search(source) is None:
        return
    written, lists, tags = source.encode(), list[_List](), list[str]()
    for event, place in pyromark.events_with_range(source, options=OPTIONS):
        began, ended = _edges(event)
        if isinstance(began, dict) and "List" in began:
            lists.append(_List(began["List"] is not None))
        elif isinstance(ended, dict) and "List" in ended:
            for position, number in _unexpected(lists.pop().items):
                tags[position] = f'<li value="{number}">'
        elif began == "Item":
            found = _NUMBER.match(written, place["start"]) if lists[-1].is_numbered else None
            if found is not None:
                lists[-1].items.append((len(tags), int(found[0])))
            tags.append("<li>")
    yield from tags


def _unexpected(items: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    numbers = {number for _position, number in items}
    if len(numbers) < 2:
        return
    for (_before, last), (position, number) in pairwise(items):
        if number != last + 1:
            yield position, number
