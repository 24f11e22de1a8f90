"""Numbers of HTML lists as browsers show them: `type`, `start` and `reversed` of a list, `value` and `type` of an item."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

KINDS: Final = frozenset({"1", "a", "A", "i", "I"})
"""What `type` may say: law texts refer to "huruf a" and to "angka romawi"."""
STYLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "decimal": "1",
        "decimal-leading-zero": "1",
        "lower-alpha": "a",
        "lower-latin": "a",
        "upper-alpha": "A",
        "upper-latin": "A",
        "lower-roman": "i",
        "upper-roman": "I",
    }
)
"""The same kinds as CSS names them, which Google Docs and WordPress write."""
LARGEST_ROMAN: Final = 3_999
_LARGEST_DIGITS: Final = 9

_NUMBER: Final = re.compile(r"[ \t\n\f\r]*([+-]?[0-9]+)")
_ATTRIBUTE: Final = re.compile(r' (start|type|value|reversed)="([^"]*)"')
_LIST_TAG: Final = re.compile(r"<(/?)(ol|ul|li)\b")
_ROMAN: Final = (
    *((1_000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def read_number(value: str) -> str | None:
    """An integer as browsers read it from an attribute (`" +3rd"` is 3), or None."""
    match = _NUMBER.match(value)
    return str(int(match[1])) if match is not None and len(match[1]) <= _LARGEST_DIGITS else None


def read_kind(value: str) -> str | None:
    """The kind of numbers that an attribute names, or None."""
    return value if value in KINDS else None


@dataclass(slots=True)
class List:
    """A list while its items are read. `kind` is None for bullets; `number` is that of the next item."""

    kind: str | None
    number: int = 1
    step: int = 1

    def next_mark(self, markup: str) -> str:
        """What stands before the next item, whose tag this is: `- `, `3. `, `c. `."""
        attributes = dict(_ATTRIBUTE.findall(markup))
        if "value" in attributes:
            self.number = int(read_number(attributes["value"]) or self.number)
        number, kind = self.number, attributes.get("type", self.kind)
        self.number += self.step
        return "- " if kind is None else f"{_in_letters(number, kind)}. "


def opened_list(markup: str, items: int) -> List:
    """The list that this tag opens, with so many items; the number matters for a list that counts backwards only."""
    if not markup.startswith("<ol"):
        return List(None)
    attributes = dict(_ATTRIBUTE.findall(markup))
    is_reversed = "reversed" in attributes
    start = read_number(attributes.get("start", "")) or str(items if is_reversed else 1)
    return List(attributes.get("type", "1"), int(start), -1 if is_reversed else 1)


def count_items(parts: Sequence[str]) -> dict[int, int]:
    """How many items each list has, by the position of its tag among the parts (texts and tags in turn) of sanitised HTML."""
    found: dict[int, int] = {}
    inside: list[int] = []
    for position in range(1, len(parts), 2):
        match = _LIST_TAG.match(parts[position])
        if match is None:
            continue
        if match[2] != "li":
            if not match[1]:
                inside.append(position)
                found[position] = 0
            elif inside:
                inside.pop()
        elif inside and not match[1]:
            found[inside[-1]] += 1
    return found


def _in_letters(number: int, kind: str) -> str:
    write = _WAYS.get(kind.lower())
    text = write(number) if write is not None and number > 0 else str(number)
    return text.upper() if kind in {"A", "I"} else text


def _alphabetic(number: int) -> str:
    """1 is a, 26 is z, 27 is aa."""
    text = ""
    while number:
        number, letter = divmod(number - 1, 26)
        text = chr(ord("a") + letter) + text
    return text


def _roman(number: int) -> str:
    if number > LARGEST_ROMAN:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


_WAYS: Final[Mapping[str, Callable[[int], str]]] = MappingProxyType({"a": _alphabetic, "i": _roman})
