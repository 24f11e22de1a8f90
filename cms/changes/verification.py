"""Following the hash chain: is every line as it was written, and if not, which is the first bad one and what was done to it?

Pure functions over an iterator of lines: they know no database. Two witnesses are compared with the lines: the head row, which is
in the same database, and anchors (signed checkpoints), which may have been kept elsewhere. Only an anchor reveals a log that was
cut off or hashed anew together with its head row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from cms.changes.chain import GENESIS_HASH, Line, line_hash

MOST_RENUMBERED = 1_000
"""Up to how many lines removed or inserted in one place, with the rest renumbered, are told apart from altered ones."""


class Damage(StrEnum):
    """What was done to a log."""

    ALTERED = "altered"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    HEAD = "head_mismatch"


class Place(NamedTuple):
    """A number and the hash of the line that has it: an anchor, the head row, or where following begins."""

    sequence: int
    hash: str


BEGINNING = Place(0, GENESIS_HASH)


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad line and the kind of damage. `until` ends the range in which a rewritten line lies."""

    sequence: int
    damage: Damage
    until: int | None = None

    def sentence(self) -> str:
        """The finding for people."""
        if self.until is not None:
            return f"The lines {self.sequence} to {self.until} are not those of the checkpoint: rewritten."
        return f"The change log is altered or incomplete at line {self.sequence}: {self.damage.value}."


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of following the chain: the last good line, how many were followed, and the first damage (None: whole)."""

    reached: Place
    followed: int
    finding: Finding | None = None


def verify(
    lines: Iterable[Line],
    read_head: Callable[[], Place | None],
    anchors: Mapping[int, str] | None = None,
    begin: Place = BEGINNING,
) -> Verification:
    """Follow the chain behind `begin` to the end.

    `lines` come in the order of their numbers; `read_head` is called after the last one and gives the head row of that
    moment (None: there is none). `anchors` are hashes by number, signed by a trusted key.
    """
    anchors = anchors or {}
    source = iter(lines)
    good = begin.sequence
    expected, previous = begin.sequence + 1, begin.hash
    if begin.sequence and anchors.get(begin.sequence, begin.hash) != begin.hash:
        return Verification(begin, 0, Finding(1, Damage.REWRITTEN, begin.sequence))
    for line in source:
        if line.sequence != expected or not _is(line, previous, line.hash):
            break
        if expected in anchors:
            if anchors[expected] != line.hash:
                return _verification(begin, expected, previous, Finding(good + 1, Damage.REWRITTEN, expected))
            good = expected
        expected, previous = expected + 1, line.hash
    else:
        return _verification(
            begin, expected, previous, _end_finding(Place(expected - 1, previous), read_head(), anchors)
        )
    damage = _Trouble(line, expected, previous, source, read_head, anchors).damage()
    return _verification(begin, expected, previous, Finding(expected, damage))


def _verification(begin: Place, expected: int, previous: str, finding: Finding | None) -> Verification:
    return Verification(Place(expected - 1, previous), expected - 1 - begin.sequence, finding)


def _end_finding(last: Place, head: Place | None, anchors: Mapping[int, str]) -> Finding | None:
    """Every line was good; do head row and anchors agree that these are all?"""
    if any(sequence > last.sequence for sequence in anchors):
        return Finding(last.sequence + 1, Damage.TRUNCATED)
    if head == last:
        return None
    if head is None or head.sequence == last.sequence or head.hash == last.hash:
        return Finding(last.sequence, Damage.HEAD)
    if head.sequence > last.sequence:
        return Finding(last.sequence + 1, Damage.TRUNCATED)
    return Finding(head.sequence + 1, Damage.INSERTED)


def _is(line: Line, previous: str, stored: str, sequence: int | None = None) -> bool:
    """True when `stored` is the hash of this line behind `previous` (under another number, when one is given)."""
    return _hash(line, previous, sequence) == stored


def _hash(line: Line, previous: str, sequence: int | None = None) -> str:
    try:
        return line_hash(line, previous, sequence)
    except (TypeError, AttributeError):
        # The row has values that our lines never have.
        return ""


class _Trouble:
    """The first line that does not fit, where one was expected, and everything behind it."""

    def __init__(
        self,
        line: Line,
        expected: int,
        previous: str,
        rest: Iterator[Line],
        read_head: Callable[[], Place | None],
        anchors: Mapping[int, str],
    ) -> None:
        self.line, self.expected, self.previous, self.rest = line, expected, previous, rest
        self.read_head, self.anchors = read_head, anchors

    def damage(self) -> Damage:
        """The kind of damage."""
        number = self.line.sequence
        if not isinstance(number, int) or number < self.expected:
            return self._of_a_foreign_number()
        return self._of_a_gap() if number > self.expected else self._of_the_line()

    def _of_a_foreign_number(self) -> Damage:
        """The number comes before all others or is not valid: the line was moved there from a gap, or inserted."""
        expected, previous = self.expected, self.previous
        for line in self.rest:
            if line.sequence != expected:
                break
            expected, previous = expected + 1, line.hash
        return Damage.REORDERED if _is(self.line, previous, self.line.hash, expected) else Damage.INSERTED

    def _of_a_gap(self) -> Damage:
        """A number is missing: its line was removed or moved."""
        for line in chain([self.line], self.rest):
            if _is(line, self.previous, line.hash, self.expected):
                return Damage.REORDERED
        ends_here = self.read_head() == Place(self.expected - 1, self.previous)
        return Damage.INSERTED if ends_here else Damage.DELETED

    def _of_the_line(self) -> Damage:
        """The number is right but the line is not: is the right one behind it, and does this one belong elsewhere?"""
        following = next(self.rest, None)
        right, belongs_later = None, False
        for line in chain([] if following is None else [following], self.rest):
            belongs_later = belongs_later or self._belongs_behind(line)
            if right is None:
                found = _hash(line, self.previous, self.expected)
                if found == self.line.hash:
                    return Damage.REORDERED
                if found == line.hash:
                    right = found
                    belongs_later = belongs_later or _is(self.line, found, self.line.hash, self.expected + 1)
        if right is not None:
            return Damage.REORDERED if belongs_later else Damage.INSERTED
        return self._renumbered(following) or Damage.ALTERED

    def _belongs_behind(self, line: Line) -> bool:
        """True when the wrong line was once behind this one (under its number, when those between were moved up)."""
        if not isinstance(line.sequence, int):
            return False
        return any(_is(self.line, line.hash, self.line.hash, line.sequence + moved) for moved in (0, 1))

    def _renumbered(self, following: Line | None) -> Damage | None:
        """The damage when the line is good under another number: lines before it were removed or inserted."""
        witnesses = dict(self.anchors)
        if (head := self.read_head()) is not None:
            witnesses[head.sequence] = head.hash
        numbers = [number for number, hash_ in witnesses.items() if hash_ == self.line.hash]
        if following is not None and isinstance(following.sequence, int):
            near = following.sequence
            tried = range(max(2, near - MOST_RENUMBERED), near + 1 + MOST_RENUMBERED)
            numbers += [number - 1 for number in tried if _is(following, self.line.hash, following.hash, number)]
        if any(number > self.expected for number in numbers):
            return Damage.DELETED
        return Damage.INSERTED if any(number < self.expected for number in numbers) else None
