"""The dependencies of an answer, noted while they are read, and whether a cached answer is still valid.

Dependencies are never listed by hand: every read for an answer goes through code that notes it. So a cached answer or an ETag
cannot outlive a right, a merger or a scheduled moment that was forgotten in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple

from cms.changes.heads import Heads
from cms.core import clock
from cms.publishing.reading import ContentPosition

NEVER_DUE = clock.micros(clock.NEVER)
NEVER_MOVED = (0, 0)
"""The position of an owner or a channel that never had anything."""
Known = Callable[[str, int], Mapping[tuple[str, str], ContentPosition]]
"""The positions of the owners and channels of a content type, as of this position of its topic."""

ItemLive = tuple[int | None, int | None]
"""The sequence and the end (microseconds since 1970) of an item's live publication; None when there is none."""


@lru_cache(maxsize=1_000)
def _values(names: tuple[str, ...]) -> Callable[[Heads], Any]:
    """Takes these fields of the heads, in this order."""
    return attrgetter(*names)


@lru_cache(maxsize=1_000)
def _each(names: tuple[str, ...]) -> Callable[[Heads], tuple[int, ...]]:
    """Takes these fields of the heads as a tuple, however many there are."""
    return lambda heads: tuple([getattr(heads, name) for name in names])


_NONE: Final = _each(())


class Part(NamedTuple):
    """One owner or channel of a topic that an answer shows, by (scheme, agency), and how far it was."""

    topic: str
    type: str
    name: tuple[str, str]
    position: ContentPosition


@dataclass(slots=True)
class Dependencies:
    """Collects the dependencies of one answer besides the request itself. It only grows.

    `topics` are those of the log; `item` the one item that was read together with the heads, `item_live` its publication.
    `since` and `until` (microseconds since 1970) are the moments between which no date changes the answer.

    A kept answer is good for nothing once a topic of `followed` has moved; its tag stays when that has changed nothing of what it was
    made of. The tag has `topics`, the `parts` of topics (sequence and moment of an owner or a channel), and the `facts` that were taken from
    what is followed besides.
    """

    topics: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()
    parts: dict[str, ContentPosition] = field(default_factory=dict)
    facts: set[tuple[str, str]] = field(default_factory=set)
    told_since: int = 0
    item: tuple[str, str] | None = None
    item_live: ItemLive | None = None
    item_updated_at: int = 0
    is_about_key: bool = False
    since: int = 0
    until: int = NEVER_DUE
    growth: int = 0
    """How often something was added."""

    @property
    def item_id(self) -> str | None:
        """The id of the one item."""
        return None if self.item is None else self.item[1]

    def note_topics(self, topics: Iterable[str]) -> None:
        """Note that the answer changes whenever one of these topics of the log moves."""
        if not self.topics.issuperset(topics):
            self.topics, self.followed = self.topics.union(topics), self.followed.union(topics)
            self.growth += 1

    def note_parts(self, topic: str, scheme: str, positions: Mapping[str, ContentPosition]) -> None:
        """Note that the answer shows only what is of these owners, or on these channels, of the topic of one content type."""
        added = {f"{topic} {scheme} {agency}": position for agency, position in positions.items()}
        if topic not in self.followed or not self.parts.keys() >= added.keys():
            self.followed, self.parts = self.followed | {topic}, {**added, **self.parts}
            self.growth += 1

    def note_looked_up(self, topic: str, since: int, until: int) -> None:
        """Note that something was looked up in a topic, for this period. What was found there is noted as a fact."""
        if topic not in self.followed:
            self.followed |= {topic}
            self.growth += 1
        self.note_end(since, until)

    def note_fact(self, name: str, value: object) -> None:
        """Note what was found."""
        fact = (name, str(value))
        if fact not in self.facts:
            self.facts.add(fact)
            self.growth += 1

    def note_item(self, item: tuple[str, str], live: ItemLive, updated_at: int) -> None:
        """Note the one item (type, id) that is read together with the heads of the log."""
        self.item, self.item_live, self.item_updated_at = item, live, updated_at
        self.growth += 1
        self.note_period(0, live[1] or NEVER_DUE)

    def note_key(self) -> None:
        """Note that the answer describes the key itself."""
        if not self.is_about_key:
            self.is_about_key = True
            self.growth += 1

    def note_period(self, since: int, until: int) -> None:
        """Note that the data is valid from one moment until another (microseconds since 1970)."""
        if since > self.told_since:
            self.told_since = since
            self.growth += 1
        self.note_end(since, until)

    def note_end(self, since: int, until: int) -> None:
        """The same for data of which the answer shows only facts: the period is not in its tag."""
        if since > self.since or until < self.until:
            self.since, self.until = max(since, self.since), min(until, self.until)
            self.growth += 1

    def positions(self, heads: Heads) -> list[int]:
        """The position of every topic in alphabetical order, and of the item, each by itself.

        Not only the newest: a scheduled publication has an older number than what took place after it was scheduled.
        """
        item = [] if self.item_live is None else [self.item_live[0] or 0]
        parts = [self.parts[name][0] for name in sorted(self.parts)]
        return [int(getattr(heads, topic)) for topic in sorted(self.topics)] + parts + item

    def state(self, heads: Heads) -> tuple[object, ...]:
        """What was noted, and how far all of it is: the same as long as nothing of it has changed."""
        names = (*sorted(self.topics), *sorted(self.parts), *sorted(self.facts))
        return (heads.epoch, *names, *self.positions(heads), self.told_since)

    def modified_at(self, heads: Heads) -> int:
        """When the newest of them changed (microseconds since 1970)."""
        topics = [int(getattr(heads, f"{topic}_at")) for topic in self.topics]
        return max([*topics, *(moved_at for _, moved_at in self.parts.values()), self.item_updated_at, self.told_since])


@dataclass(frozen=True, slots=True)
class Validity:
    """The values that must be unchanged for a cached answer to be valid: the epoch, the key, positions of the log's topics, a
    detail's publication.

    When all of `positions` are as `expected` nothing has changed that could concern the answer. When some are not, it may still be valid:
    `renewed` looks at what it depends on of a topic that others move too. Moments are in microseconds since 1970: between `since` and
    `until` nothing scheduled takes effect, and until `sure_until` nothing that the positions would not tell.
    """

    positions: Callable[[Heads], Any]
    expected: Any
    key_expires_at: int
    whole: Callable[[Heads], Any] = _NONE
    """Takes the epoch and the positions of topics on which the answer depends as a whole."""
    expected_whole: Any = ()
    due: Callable[[Heads], tuple[int, ...]] = _NONE
    """Takes the next scheduled moment of each topic that it follows."""
    parts: tuple[Part, ...] = ()
    item: tuple[str, str] | None = None
    item_live: ItemLive | None = None
    since: int = 0
    until: int = NEVER_DUE
    sure_until: int = NEVER_DUE
    noted_until: int = NEVER_DUE

    def opens(self, present: int) -> bool:
        """True while the key has not expired, by the real clock: a key does not live longer because the clock is not trusted."""
        return present < self.key_expires_at

    @classmethod
    def of(
        cls, noted: Dependencies, heads: Heads, key_expires_at: int, until: int, types: Mapping[str, str]
    ) -> Validity:
        """The validity of an answer that depends on this; `until` is when the next scheduled moment of its topics comes, `types` are
        the content types by their topics.
        """
        parts = [_part(name, position, types) for name, position in noted.parts.items()]
        narrow = {part.topic for part in parts} - noted.topics
        whole = ("epoch", "access", *sorted(noted.followed - narrow))
        due = tuple(f"{topic}_due_at" for topic in sorted(noted.followed & types.keys()))
        sure_until = until = min(until, noted.until)
        item: tuple[str, ...] = ()
        if noted.item is not None:
            # Any line may have scheduled the end of the item, and its scheduled beginning shows in no line when it comes.
            item_due = next(f"{topic}_due_at" for topic, name in types.items() if name == noted.item[0])
            item, sure_until = ("sequence", item_due), min(until, getattr(heads, item_due))
        positions = _values((*whole, *sorted(narrow), *due, *item))
        return cls(
            positions, positions(heads), key_expires_at, _values(whole), _values(whole)(heads), _each(due),
            tuple(part for part in parts if part.topic in narrow), noted.item, noted.item_live,
            noted.since, until, sure_until, noted.until,
        )  # fmt: skip

    def holds(self, heads: Heads, now: int) -> bool:
        """True while nothing has moved that could concern this answer, or the key; `now` is the trusted moment."""
        return self.positions(heads) == self.expected and self.since <= now < self.sure_until

    def renewed(self, heads: Heads, now: int, item_live: ItemLive | None, known: Known) -> Validity | None:
        """The validity as of these heads when only others have moved, else None: the answer is wrong, or has to be looked at. `item_live`
        was read with the heads; `known` tells how far the parts of a topic are.
        """
        due = self.due(heads)
        if (
            self.whole(heads) != self.expected_whole
            or item_live != self.item_live
            or min(due, default=NEVER_DUE) <= now
        ):
            return None
        until = min(self.noted_until, *due, NEVER_DUE)
        if not self.since <= now < until:
            return None
        for part in self.parts:
            if known(part.type, getattr(heads, part.topic)).get(part.name, NEVER_MOVED) != part.position:
                return None
        return replace(self, expected=self.positions(heads), until=until, sure_until=min(until, self._item_due(heads)))

    def _item_due(self, heads: Heads) -> int:
        return NEVER_DUE if self.item is None else int(self.positions(heads)[-1])


def _part(name: str, position: ContentPosition, types: Mapping[str, str]) -> Part:
    topic, scheme, agency = name.split(" ", 2)
    return Part(topic, types[topic], (scheme, agency), position)
