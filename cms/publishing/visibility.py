"""The one place that says what readers have: what is live, what is only scheduled, and what a key shows of it.

A rule is here in one form or two. SQL text is for the reads of the delivery half, which are built once and handed to the
driver; SQLAlchemy expressions are for all others. One test compares the two forms of a rule; another one keeps the columns
named here out of all modules but those that write them.

A withdrawn item counts as live: readers still have it, with its notice. What editors see of items is another rule,
`visible_to` in `cms.editorial.items.queries`.

In SQL text `p` is the publication and `:now` the moment in microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cms.core import clock
from cms.publishing.models import Publication, Repost

ItemId = ColumnElement[str] | InstrumentedAttribute[str]

LIVE: Final = (
    "p.superseded_sequence IS NULL AND p.effective_from <= :now"
    " AND (p.effective_until IS NULL OR p.effective_until > :now)"
)
"""Readers have the publication now. A schedule counts from its moment on, whether or not the worker has carried it out."""

LIVE_UNTIL: Final = "p.effective_until"
"""When a live publication ends by schedule (microseconds since 1970); NULL when it stays."""

WAS_SHOWN: Final = "p.effective_from <= :now"
"""Readers have the publication, or had it; one whose schedule was dropped before its moment is not kept."""

HAS_ENDED: Final = "p.superseded_sequence IS NULL AND p.effective_until <= :now"
"""The scheduled end of the publication has come, and the worker has not carried it out yet."""

IS_LATE: Final = (
    "p.superseded_sequence IS NULL AND p.is_scheduled AND p.effective_from <= :now",
    "p.superseded_sequence IS NULL AND p.effective_until IS NOT NULL AND p.effective_until <= :now",
)
"""The scheduled beginning, or end, of the publication has come, and the worker has not carried it out yet: each a range of an index."""

LATE_SINCE: Final = ("p.effective_from", "p.effective_until")
"""The moment of each of them."""

WAS_SHOWN_SINCE: Final = f"(p.superseded_sequence > :since OR {HAS_ENDED})"
"""Readers had the publication at some time after the line `:since` of the log, and do not have it now."""

ENDED_AT: Final = "p.superseded_sequence"
"""The line of the log that superseded the publication, or took its item back."""

ENDED_WITHIN: Final = "p.superseded_sequence > :since AND p.superseded_sequence <= :reached"
"""The publication was superseded, or its item taken back, by a line within this range of the log."""

SHOWN_AT: Final = "p.sequence <= :until AND (p.superseded_sequence IS NULL OR p.superseded_sequence > :until)"
"""Readers had the publication after the line `:until` of the log, or will have it by a schedule of then."""

STANDING: Final = "CASE WHEN p.is_scheduled THEN 'live' ELSE i.standing END"
"""The standing of the item `i` with the live publication `p`: the worker updates the item's row only after a schedule has begun."""

ADDRESS_EXISTS: Final = "s.effective_from <= :now"
"""The address `s` of an item exists: a scheduled one from its moment on."""


# SQLAlchemy would write `is_scheduled = 1` for SQLite, which then does not see that the partial index is meant.
_IS_SCHEDULED: Final[ColumnElement[bool]] = literal_column("publications.is_scheduled")


def live(moment: datetime | ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Readers have the publication at this moment (now, if none is given), which may be a parameter of the statement."""
    at = clock.now() if moment is None else moment
    return and_(
        is_current(),
        Publication.effective_from <= at,
        or_(Publication.effective_until.is_(None), Publication.effective_until > at),
    )


def is_live(item_id: ItemId | str) -> ColumnElement[bool]:
    """Readers have the item now."""
    return exists().where(Publication.item_id == item_id, live())


def is_current() -> ColumnElement[bool]:
    """Readers have the publication, or will have it as scheduled: no other has replaced it."""
    return Publication.superseded_sequence.is_(None)


def is_awaited() -> ColumnElement[bool]:
    """The publication is scheduled, and its moment has not come."""
    return and_(is_current(), Publication.is_scheduled, Publication.effective_from > clock.now())


def is_due() -> ColumnElement[bool]:
    """The scheduled beginning or end of the publication has come, and nobody has carried it out.

    Each half of the condition is a range of a partial index of its own, which begins with the type: so it is written as there.
    """
    moment = clock.now()
    begins = and_(is_current(), _IS_SCHEDULED, Publication.effective_from <= moment)
    ends = and_(is_current(), Publication.effective_until.is_not(None), Publication.effective_until <= moment)
    return or_(begins, ends)


def is_still_awaited(publication: Publication) -> bool:
    """As `is_awaited`, for a current publication that is loaded."""
    return publication.is_scheduled and publication.effective_from > clock.now()


def find_live_publication(session: Session, item_id: str) -> Publication | None:
    """The live publication of the item; None if there is none."""
    return session.scalar(select(Publication).where(Publication.item_id == item_id, live()))


def find_awaited_publication(session: Session, item_id: str) -> Publication | None:
    """The scheduled publication that will replace the live one; None if nothing is scheduled or its moment has come."""
    return session.scalar(select(Publication).where(Publication.item_id == item_id, is_awaited()))


def was_published() -> ColumnElement[bool]:
    """Readers have or had the publication: it was never scheduled, or its schedule was carried out."""
    return Publication.is_scheduled.is_(False)


def shown_by(agencies: Iterable[str]) -> str:
    """A key of these agencies shows the live publication `p`: it is theirs, or on their channels. SQL text.

    `agencies` are names of parameters. A reposting agency has the item on its channel, as a term of the publication.
    """
    return f"(p.agency IN ({_listed(agencies)}) OR EXISTS ({_on_channel(agencies)} AND t.publication_id = p.id))"


def carried_or_on_channel(items: Iterable[str], agencies: Iterable[str]) -> str:
    """Ids of those items of other agencies that a key of these agencies shows. SQL text.

    An ended item is on no channel; agencies that reposted it still see how it ended.
    """
    return (
        f"SELECT r.item_id FROM reposts r WHERE r.item_id IN ({_listed(items)}) AND r.agency IN ({_listed(agencies)})"  # noqa: S608 - names of parameters
        f" UNION SELECT p.item_id FROM publications p WHERE p.item_id IN ({_listed(items)}) AND {LIVE}"
        f" AND EXISTS ({_on_channel(agencies)} AND t.publication_id = p.id)"
    )


def is_carried_by(item_id: ItemId, agencies: Collection[str]) -> ColumnElement[bool]:
    """One of the agencies carries the item."""
    return exists().where(Repost.item_id == item_id, Repost.agency.in_(agencies)) if agencies else false()


def _on_channel(agencies: Iterable[str]) -> str:
    return f"SELECT 1 FROM publication_terms t WHERE t.scheme = 'channel' AND t.term IN ({_listed(agencies)})"  # noqa: S608


def _listed(names: Iterable[str]) -> str:
    """Parameters by their names; an empty list matches nothing."""
    return ", ".join(f":{name}" for name in names) or "NULL"
