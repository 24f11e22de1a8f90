"""What a browser shows of sanitised HTML, found without the code under test: words by line, numbers of lists, cells of tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

INLINE: Final = frozenset(
    {
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "em",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "strong",
        "sub",
    }
    | {"sup", "u"}
)
_ROMAN: Final = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]


def number_as(number: int, kind: str) -> str:
    """A number of a list (1 to 15; others only in digits) as this `type` writes it."""
    if kind == "1" or not 1 <= number <= 15:
        return str(number)
    text = chr(ord("a") + number - 1) if kind.lower() == "a" else _ROMAN[number]
    return text.upper() if kind.isupper() else text


@dataclass
class Item:
    """An item of a list: what stands before it, and its first word."""

    mark: str
    word: str = ""


@dataclass
class _OpenList:
    mark: str
    attributes: dict[str, str | None]
    items: list[tuple[Item, dict[str, str | None]]] = field(default_factory=list)


class Page(HTMLParser):
    """A sanitised page: `lines` of words, `items` of lists in their order, `rows` of tables with the words of each cell."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.items: list[Item] = []
        self.rows: list[list[str]] = []
        self._lists: list[_OpenList] = []
        self._waiting: list[Item] = []
        self._in_cell = False
        self.feed(html)
        self.close()
        self.lines = [" ".join(line.split()) for line in self.lines if line.strip()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in INLINE:
            return
        self.lines.append("")
        attributes = dict(attrs)
        if tag in {"ol", "ul"}:
            self._lists.append(_OpenList(tag, attributes))
        elif tag == "li":
            item = Item("-")
            self.items.append(item)
            self._waiting.append(item)
            if self._lists:
                self._lists[-1].items.append((item, attributes))
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE:
            return
        self.lines.append("")
        if tag in {"ol", "ul"}:
            _number(self._lists.pop())
        elif tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data
        if self._in_cell and self.rows:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]} {data}".split())
        if data.strip():
            for item in self._waiting:
                item.word = data.split(maxsplit=1)[0]
            self._waiting.clear()


def _number(opened: _OpenList) -> None:
    if opened.mark != "ol":
        return
    is_reversed = "reversed" in opened.attributes
    number = int(opened.attributes.get("start") or (len(opened.items) if is_reversed else 1))
    for item, attributes in opened.items:
        number = int(attributes.get("value") or number)
        kind = attributes.get("type") or opened.attributes.get("type") or "1"
        item.mark = number_as(number, kind) + "."
        number += -1 if is_reversed else 1
