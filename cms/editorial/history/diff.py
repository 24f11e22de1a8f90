"""The differences between two editions: by field, and in texts by word. Data only, never markup (Wagtail CVE-2020-11001).

The cost is bounded for any texts. A comparison costs the product of the numbers of tokens on both sides. Beyond
`MOST_STEPS`, texts are compared by line first and by word only inside the lines that differ; if that is still too much, the
result is one deletion and one insertion. The bound is a number of steps, not a time, so the same two editions always give
the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import LCSseq

from cms.editorial.content_types import Content, changed_fields

TEXT_FIELDS = frozenset({"title", "summary", "body"})
MOST_STEPS = 200_000_000
"""About 50 ms and 25 MB, for 7,000 words on each side (their spaces count too): more than a long article."""
_TOKEN = re.compile(r"\w+|\s+|.")


@dataclass(frozen=True, slots=True)
class TextChange:
    """A piece of text that both have (`equal`), only the newer one (`insert`) or only the older one (`delete`)."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: `changes` for texts, `before` and `after` for all other fields."""

    field: str
    before: Any = None
    after: Any = None
    changes: tuple[TextChange, ...] | None = None


def field_changes(before: Content, after: Content) -> list[FieldChange]:
    """The fields that differ, by name. A text that was not there is an empty one."""
    return [_field_change(name, before.get(name), after.get(name)) for name in changed_fields(before, after)]


def _field_change(name: str, before: Any, after: Any) -> FieldChange:
    if name in TEXT_FIELDS:
        return FieldChange(name, changes=tuple(text_changes(before or "", after or "")))
    return FieldChange(name, before, after)


def text_changes(before: str, after: str) -> list[TextChange]:
    """From one text to the other: the equal and deleted pieces make up `before`, the equal and inserted ones `after`."""
    budget = _Budget(MOST_STEPS)
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if budget.allows(old, new):
        return list(_joined(_compared(old, new)))
    return list(_joined(_by_line(before, after, budget)))


class _Budget:
    """The number of steps that are left."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Take the steps of this comparison, if enough are left."""
        cost = len(old) * len(new)
        if cost > self._left:
            return False
        self._left -= cost
        return True


def _by_line(before: str, after: str, budget: _Budget) -> Iterator[TextChange]:
    """Compare by line, then by word inside what differs."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if not budget.allows(old, new):
        yield from _replaced(before, after)
        return
    for change in _paired(_compared(old, new)):
        if isinstance(change, TextChange):
            yield change
            continue
        removed, added = (_TOKEN.findall(text) for text in change)
        yield from _compared(removed, added) if budget.allows(removed, added) else _replaced(*change)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[TextChange]:
    """The pieces of two sequences of tokens; a replacement is a deletion, then an insertion."""
    numbers: dict[str, int] = {}
    coded = [[numbers.setdefault(token, len(numbers)) for token in tokens] for tokens in (old, new)]
    for step in LCSseq.opcodes(*coded):
        if step.tag == "equal":
            yield TextChange("equal", "".join(old[step.src_start : step.src_end]))
        else:
            yield from _replaced(
                "".join(old[step.src_start : step.src_end]), "".join(new[step.dest_start : step.dest_end])
            )


def _replaced(removed: str, added: str) -> Iterator[TextChange]:
    if removed:
        yield TextChange("delete", removed)
    if added:
        yield TextChange("insert", added)


def _paired(changes: Iterable[TextChange]) -> Iterator[TextChange | tuple[str, str]]:
    """Between two equal pieces, pair all deleted with all inserted text, if there is both."""
    removed = added = ""
    for change in [*changes, TextChange("equal", "")]:
        if change.op == "delete":
            removed += change.text
        elif change.op == "insert":
            added += change.text
        else:
            if removed and added:
                yield removed, added
            else:
                yield from _replaced(removed, added)
            removed = added = ""
            yield change


def _joined(changes: Iterable[TextChange]) -> Iterator[TextChange]:
    """Leave at most one deletion and one insertion between two equal pieces, and no empty pieces.

    White space between two replaced words counts as replaced: `one two` to `three four` is one change, not two.
    """
    removed = added = equal = ""
    for change in changes:
        if change.op == "equal":
            equal += change.text
            continue
        if equal.isspace() and (removed or change.op == "delete") and (added or change.op == "insert"):
            removed, added, equal = removed + equal, added + equal, ""
        elif equal:
            yield from _replaced(removed, added)
            yield TextChange("equal", equal)
            removed = added = equal = ""
        removed, added = (removed + change.text, added) if change.op == "delete" else (removed, added + change.text)
    yield from _replaced(removed, added)
    if equal:
        yield TextChange("equal", equal)
