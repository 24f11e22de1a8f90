"""What stands on a page of a copy, before it is written: items to be kept and to be removed, in the order of the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from cms.publishing.walking import BEFORE_ALL, MovedOn, ShownBefore, Walked
from cms.sync.followed import Followed
from cms.sync.positions import FROM_THE_BEGINNING

WINDOW: Final = 1_000
"""Items that are looked at in one statement when a copy wants only some of them."""
MOST_WINDOWS: Final = 5


class Keep(NamedTuple):
    """A live item, and how the copy has it (`Wanted.shown_as`)."""

    item: Walked
    shown_as: str


class Remove(NamedTuple):
    """An item that the copy may have and does not have any more; `before` are the publications by which it had it."""

    item: Walked
    before: Sequence[ShownBefore]


class Left(NamedTuple):
    """An item that left the channels of the copy, and has changed since by lines that these channels do not know."""

    item: MovedOn


class KeepReference(NamedTuple):
    """Something of the reference data, as JSON."""

    type: str
    id: str
    text: str


class Entry(NamedTuple):
    """A line of a page; `after` and `late` are the position behind it."""

    sequence: int
    content: Keep | Remove | Left | KeepReference
    after: int
    late: tuple[int, int] = BEFORE_ALL


class Stretch(NamedTuple):
    """A part of the walk, and the line that it reaches."""

    entries: list[Entry]
    reached: int


def stretch_of_items(followed: Followed, until: int, most: int) -> Stretch:
    """The next entries of content: more than `most`, or all up to `until`, or what a bounded number of statements finds."""
    position, entries = followed.position, list[Entry]()
    after = position.after
    window = most + 1 if followed.is_everything else WINDOW
    for _ in range(MOST_WINDOWS):
        items = followed.walk.items(after, until, window)
        entries += [Entry(each.item.sequence, each, each.item.sequence) for each in _contents(followed, items)]
        if len(items) < window:
            return Stretch(entries, max(after, until))
        after = items[-1].sequence
        if len(entries) > most:
            break
    return Stretch(entries, after)


def with_moved_on(followed: Followed, stretch: Stretch, until: int) -> Stretch:
    """The stretch with what left the channels of the copy within it, and has a later line than any of these channels by now.

    A function of the lines of the channels, like the rest of the page: whatever became of the item, it is only told to leave.
    """
    position = followed.position
    if followed.knows_every_line:
        return stretch
    since = max(position.after, position.whole)
    rows = followed.walk.moved_on(since, stretch.reached, until, WINDOW + 1)
    reached = stretch.reached if len(rows) <= WINDOW else rows[-1].ended_at - 1
    last = {
        row.number: row
        for row in rows
        if row.ended_at <= reached and followed.formerly[row.type].shown_as(row.owner, row.terms_json) is not None
    }
    shown = followed.walk.shown_at(list(last), until) if last else {}
    left = [
        Entry(row.ended_at, Left(row), row.ended_at)
        for number, row in last.items()
        if all(followed.wanted[row.type].shown_as(owner, terms) is None for owner, terms in shown.get(number, ()))
    ]
    return Stretch([*(each for each in stretch.entries if each.sequence <= reached), *left], reached)


class LateStretch(NamedTuple):
    """A part of what no line tells yet; `last` is where it ends, None when nothing follows."""

    entries: list[Entry]
    last: tuple[int, int] | None


def late_entries(followed: Followed, until: int, most: int, told: frozenset[str]) -> LateStretch:
    """What scheduled moments have changed before anybody has carried it out: it has no line yet, and is told again when it has.

    Items that the same page tells of already (`told`) are left out.
    """
    found = followed.walk.late_items(followed.position.late, most + 1)
    late, rest = found[:most], found[most:]
    contents = {
        content.item.number: content for content in _contents(followed, [each.item for each in late], is_late=True)
    }
    entries = [
        Entry(until, contents[each.item.number], until, (each.moment, each.item.number))
        for each in late
        if each.item.number in contents and each.item.id not in told
    ]
    if not rest:
        return LateStretch(entries, None)
    return LateStretch(entries, (late[-1].moment, late[-1].item.number) if late else followed.position.late)


def _contents(followed: Followed, items: Sequence[Walked], *, is_late: bool = False) -> list[Keep | Remove]:
    shown = [followed.shown_as(item) for item in items]
    missing = [item for item, shown_as in zip(items, shown, strict=True) if shown_as is None]
    # What was taken back before the copy began, or was complete, is not in it.
    before = _before(
        followed, missing if is_late else [each for each in missing if each.sequence > followed.position.whole]
    )
    found: list[Keep | Remove] = []
    for item, shown_as in zip(items, shown, strict=True):
        if shown_as is not None:
            found.append(Keep(item, shown_as))
        elif item.number in before:
            found.append(Remove(item, before[item.number]))
    return found


def _before(followed: Followed, items: Sequence[Walked]) -> Mapping[int, Sequence[ShownBefore]]:
    """How the copy may have had these items since it was complete; on its first page it has nothing.

    Of what was live since it began it knows how it ended, and hears of another ending too.
    """
    position = followed.position
    if position.after == FROM_THE_BEGINNING:
        return {}
    left = [item for item in items if item.publication_id is not None]
    ended = [item for item in items if item.publication_id is None]
    return {**_wanted_before(followed, left, position.whole), **_wanted_before(followed, ended, position.began)}


def _wanted_before(followed: Followed, items: Sequence[Walked], since: int) -> dict[int, list[ShownBefore]]:
    types = {item.number: item.type for item in items}
    rows = followed.walk.shown_before(list(types), since) if types else {}
    wanted = {
        number: [
            row for row in found if followed.formerly[types[number]].shown_as(row.owner, row.terms_json) is not None
        ]
        for number, found in rows.items()
    }
    return {number: found for number, found in wanted.items() if found}
