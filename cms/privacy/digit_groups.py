"""Numbers as people write them: in one piece, in groups with blanks, points or dashes, a digit to each box, or parted at the end of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

_RUN: Final = re.compile(r"[0-9](?:[ .\-/\n]?[0-9]){13,}")
_GROUP: Final = re.compile(r"[0-9]+")
MOST_GROUPS: Final = 8
"""A number in more groups than this is one whose digits stand alone, each in its box."""


class Groups(NamedTuple):
    """Neighbouring groups of digits: where the whole begins and ends in the text, the groups, and what stands between them.

    `before` and `after` are the characters that join them to further digits; empty when none do.
    """

    start: int
    end: int
    groups: list[str]
    between: str
    before: str
    after: str

    @property
    def digits(self) -> str:
        """The number in one piece."""
        return "".join(self.groups)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple(len(group) for group in self.groups)


class Run:
    """A longest row of digits with at most one blank, point, dash, stroke or line break between two of them."""

    def __init__(self, text: str, start: int) -> None:
        found = list(_GROUP.finditer(text))
        self._places = [(start + each.start(), start + each.end()) for each in found]
        self._groups = [each[0] for each in found]
        self._between = [text[one.end() : two.start()] for one, two in pairwise(found)]
        self._ends = list(accumulate(map(len, self._groups), initial=0))
        self._begins_at = {position: index for index, position in enumerate(self._ends)}

    def of(self, total: int) -> Iterator[Groups]:
        """All neighbouring groups that have so many digits together."""
        for last, position in enumerate(self._ends[1:]):
            first = self._begins_at.get(position - total)
            if first is not None and (last - first < MOST_GROUPS or len(self._groups) == total):
                yield self._part(first, last)

    def _part(self, first: int, last: int) -> Groups:
        return Groups(
            self._places[first][0],
            self._places[last][1],
            self._groups[first : last + 1],
            "".join(self._between[first:last]),
            self._between[first - 1] if first else "",
            self._between[last] if last < len(self._between) else "",
        )


def runs(text: str) -> Iterator[Run]:
    """The rows of at least 14 digits in a text."""
    for found in _RUN.finditer(text):
        yield Run(found[0], found.start())
