"""What a reader asks of a list: which live publications, in which order, from which position. Its SQL: `cms.publishing.page_sql`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from cms.publishing.rendered_items import LONGEST_EVENT

SORTED_BY_AGENCY = frozenset({"published_at", "changed_at"})
"""Sort keys that have an index led by the agency."""
COUNT_CAP = 10_000


MOMENTS = (
    "published_after", "published_before", "updated_after", "changed_after", "valid_at", "event_after", "event_before",
)  # fmt: skip
_MOMENTS = attrgetter(*MOMENTS)
MICROSECOND = timedelta(microseconds=1)


class Relation(StrEnum):
    """How an item is on the channels that are asked for."""

    OWN = "own"
    REPOST = "repost"


class Position(NamedTuple):
    """Where a page begins: the sort value (microseconds) and item number of the row before it."""

    moment: int
    number: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A reader's query. Moments are microseconds since 1970; `agencies` None means all, empty means nothing.

    The first of `terms` leads: it is the scheme with the fewest items per value. `ids` lead before all others. Sorted by
    `event_from`, only what takes place is found. `relation` is to the channels that are asked for.
    """

    type: str
    agencies: tuple[str, ...] | None = None
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published_after: int | None = None
    published_before: int | None = None
    updated_after: int | None = None
    changed_after: int | None = None
    valid_at: int | None = None
    event_after: int | None = None
    event_before: int | None = None
    ids: tuple[str, ...] = ()
    relation: Relation | None = None
    sort: str = "published_at"
    descending: bool = True
    limit: int = 20
    position: Position | None = None

    @property
    def asks_channels(self) -> bool:
        """True when it asks for channels, which also have other agencies' items."""
        return "channel" in self.terms

    @property
    def is_bounded(self) -> bool:
        """True when the page could begin among scheduled publications, so that the query needs a bound to skip them.

        Any other upper bound does that already, and SQLite uses only one of two.
        """
        if self.ids or self.sort == "event_from" or (self.descending and self.position is not None):
            return False
        return self.published_before is None or self.sort != "published_at"

    @property
    def has_range_beside_its_sort(self) -> bool:
        """True when a range of moments other than the sort key narrows it.

        Only the values show whether nearly all or nearly nothing of the leading index is left, and so which index should lead.
        """
        by_published = self.published_after is not None or self.published_before is not None
        by_updated = self.updated_after is not None
        by_changed = self.changed_after is not None
        by_event = self.event_after is not None or self.event_before is not None
        return (
            (by_published and self.sort != "published_at")
            or (by_updated and self.sort != "updated_at")
            or (by_changed and self.sort != "changed_at")
            or (by_event and self.sort != "event_from")
            or self.valid_at is not None
        )

    def shape(self) -> tuple[Any, ...]:
        """The key of the SQL: everything but the values."""
        return (
            self.type,
            None if self.agencies is None else len(self.agencies),
            tuple((scheme, len(terms)) for scheme, terms in self.terms.items()),
            tuple([moment is None for moment in _MOMENTS(self)]),
            len(self.ids),
            self.relation,
            self.sort,
            self.descending,
            self.limit,
            self.position is None,
        )

    def params(self, now: int, newest: int) -> dict[str, Any]:
        """The values, under the names that the SQL uses.

        No unscheduled live publication is later than `newest`. Rows later than both `newest` and `now` are only scheduled, so
        indexes are read from there.
        """
        latest = max(now, newest)
        values: dict[str, Any] = {"now": now, "latest": latest, "type": self.type}
        for index, agency in enumerate(self.agencies or ()):
            values[f"agency{index}"] = agency
        for scheme, terms in self.terms.items():
            values |= {f"{scheme}{index}": term for index, term in enumerate(terms)}
        values |= {name: moment for name, moment in zip(MOMENTS, _MOMENTS(self), strict=True) if moment is not None}
        if self.event_after is not None:
            values["event_earliest"] = self.event_after - LONGEST_EVENT // MICROSECOND
        values |= {f"id{index}": item_id for index, item_id in enumerate(self.ids)}
        if self.published_before is not None:
            # Includes publications of this very microsecond.
            values["published_before"] = min(self.published_before, latest + 1)
        if self.position is not None:
            values |= {"moment": self.position.moment, "number": self.position.number}
        return values
