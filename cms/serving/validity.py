"""The dependencies of an answer, noted while they are read, and whether a cached answer is still valid.

Dependencies are never listed by hand: every read for an answer goes through code that notes it. So a cached answer or an ETag
cannot outlive a right, a merger or a planned moment that was forgotten in a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cms.changes.heads import Heads
from cms.core import clock

NEVER_DUE = clock.micros(clock.NEVER)

ItemLive = tuple[int | None, int | None]
"""The sequence and the end (microseconds since 1970) of an item's live publication; None when there is none."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The dependencies of an answer besides the request itself; all of them are part of its ETag.

    `topics` are those of the log; `item` the one item that was read together with the heads, `item_live` its publication.
    `since` and `until` (microseconds since 1970) are the moments between which no date changes it.
    """

    topics: frozenset[str] = frozenset()
    item: tuple[str, str] | None = None
    item_live: ItemLive | None = None
    item_updated_at: int = 0
    is_about_key: bool = False
    since: int = 0
    until: int = NEVER_DUE

    def positions(self, heads: Heads) -> list[int]:
        """The position of every topic in alphabetical order, and of the item, each by itself.

        Not only the newest: a planned publication has an older number than what took place after it was planned.
        """
        item = [] if self.item_live is None else [self.item_live[0] or 0]
        return [int(getattr(heads, topic)) for topic in sorted(self.topics)] + item

    def modified_at(self, heads: Heads) -> int:
        """When the newest of them changed (microseconds since 1970)."""
        return max([int(getattr(heads, f"{topic}_at")) for topic in self.topics] + [self.item_updated_at, self.since])


@dataclass(slots=True)
class Dependencies:
    """Collects what one answer depends on. It only grows."""

    noted: Noted = field(default_factory=Noted)

    def note_topics(self, topics: Iterable[str]) -> None:
        """Note that the answer changes whenever one of these topics of the log moves."""
        if not self.noted.topics.issuperset(topics):
            self.noted = _with(self.noted, topics=self.noted.topics.union(topics))

    def note_item(self, item: tuple[str, str], live: ItemLive, updated_at: int) -> None:
        """Note the one item (type, id) that is read together with the heads of the log."""
        self.noted = _with(self.noted, item=item, item_live=live, item_updated_at=updated_at)
        self.note_period(0, live[1] or NEVER_DUE)

    def note_key(self) -> None:
        """Note that the answer describes the key itself."""
        self.noted = _with(self.noted, is_about_key=True)

    def note_period(self, since: int, until: int) -> None:
        """Note that the data is valid from one moment until another (microseconds since 1970)."""
        if since > self.noted.since or until < self.noted.until:
            self.noted = _with(self.noted, since=max(since, self.noted.since), until=min(until, self.noted.until))


def _with(noted: Noted, **changed: object) -> Noted:
    values = {name: getattr(noted, name) for name in Noted.__slots__}
    return Noted(**{**values, **changed})


@dataclass(frozen=True, slots=True)
class Validity:
    """The values that must be unchanged for a cached answer to be valid: the epoch, the key, positions of the log's topics, a
    detail's publication.

    `since` and `until` (microseconds since 1970) are the moments between which nothing planned takes effect.
    """

    epoch: str
    access: int
    topics: tuple[tuple[str, int], ...]
    key_expires_at: int
    item: tuple[str, str] | None = None
    item_live: ItemLive | None = None
    since: int = 0
    until: int = NEVER_DUE

    def opens(self, present: int) -> bool:
        """True while the key has not expired, by the real clock: a key does not live longer because the clock is not trusted."""
        return present < self.key_expires_at

    @classmethod
    def of(cls, noted: Noted, heads: Heads, key_expires_at: int, until: int) -> Validity:
        """The validity of an answer that depends on this; `until` is when the next planned moment of its topics comes."""
        planned = {due_at for topic in noted.topics if (due_at := f"{topic}_due_at") in heads._fields}
        return cls(
            epoch=heads.epoch,
            access=heads.access,
            topics=tuple((name, getattr(heads, name)) for name in sorted(noted.topics | planned)),
            key_expires_at=key_expires_at,
            item=noted.item,
            item_live=noted.item_live,
            since=noted.since,
            until=min(until, noted.until),
        )

    def holds(self, heads: Heads, now: int, item_live: ItemLive | None) -> bool:
        """True while nothing that this answer shows, and nothing about the key, has changed; `now` is the trusted moment."""
        return (
            heads.epoch == self.epoch
            and heads.access == self.access
            and self.since <= now < self.until
            and item_live == self.item_live
            and all(getattr(heads, name) == value for name, value in self.topics)
        )
