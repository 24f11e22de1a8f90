"""Reposts: which agencies carry a published item on their channels, and how delivery marks such an item.

A repost is not an item, only a link to its source. So there are no loops and no stale copies, and a correction or withdrawal
of the source changes all its reposts in the same transaction. A repost rests while the source is not live and returns when
the source is published again; only `end_repost` ends it.

Every caller holds the lock of the item's row, so that a publish and a repost of the same item cannot overlap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.orm import Session

from cms.changes.log import Numbered, when_numbered
from cms.changes.models import Change
from cms.core.clock import now, rfc3339
from cms.core.db import UnitOfWork, table_of
from cms.publishing.models import EndedRepost, Repost

_reposts = table_of(Repost)
REPOST_COUNT = (
    select(func.count()).select_from(_reposts).where(_reposts.c.item_id == bindparam("published_id")).scalar_subquery()
)
"""The number of agencies that carry the item `published_id`: part of another statement, so that publishing needs no extra one."""
_CARRIED = (
    select(_reposts.c.agency, _reposts.c.comment, _reposts.c.place, _reposts.c.reposted_at)
    .where(_reposts.c.item_id == bindparam("carried_id"))
    .order_by(_reposts.c.agency)
)

_KEEP = insert(table_of(EndedRepost))


class Carried(NamedTuple):
    """One agency that carries an item: its note, the placement, and since when."""

    agency: str
    comment: str | None
    place: str | None
    at: datetime

    @property
    def note(self) -> str:
        """The delivered `repost` object after its agency, whose present name is filled in for readers."""
        said = {"comment": self.comment, "place": self.place, "at": rfc3339(self.at)}
        return orjson.dumps(said).decode()[1:]


def carried(connection: Connection, item_id: str) -> list[Carried]:
    """The agencies that carry the item, by slug."""
    return [Carried(*row) for row in connection.execute(_CARRIED, {"carried_id": item_id})]


def carrier_terms(carriers: Iterable[Carried], terms: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """The channels that the item is also found on; a channel that has the item as its own is left out."""
    return [
        {"scheme": "channel", "term": carrier.agency, "repost": carrier.note}
        for carrier in carriers
        if ("channel", carrier.agency) not in terms
    ]


def with_carriers(full: dict[str, Any], carriers: Sequence[Carried]) -> dict[str, Any]:
    """The full form with the slugs of those who carry it."""
    return {**full, "reposted_by": [carrier.agency for carrier in carriers]} if carriers else full


def find_repost(session: Session, item_id: str, agency: str) -> Repost | None:
    """The repost of this item by this agency."""
    return session.get(Repost, (item_id, agency))


def list_reposts(session: Session, item_id: str, *, after: str | None = None, limit: int) -> Sequence[Repost]:
    """Who carries the item, by the slug of the agency; `after` is a slug."""
    statement = select(Repost).where(Repost.item_id == item_id).order_by(Repost.agency).limit(limit)
    if after is not None:
        statement = statement.where(Repost.agency > after)
    return session.scalars(statement).all()


def add_repost(unit: UnitOfWork, item_id: str, agency: str, comment: str | None, place: str | None) -> Repost:
    """Note that the agency carries the item from now on; the caller renders the item again."""
    repost = Repost(item_id=item_id, agency=agency, comment=comment, place=place, reposted_at=now())
    unit.add(repost)
    unit.session.flush()
    return repost


def end_repost(unit: UnitOfWork, repost: Repost, change: Change) -> None:
    """Note that since this line the agency does not carry the item any more; the caller renders the item again."""
    ended = {name: getattr(repost, name) for name in ("item_id", "agency", "comment", "place", "reposted_at")}
    unit.session.delete(repost)
    unit.session.flush()

    def keep(numbered: Numbered) -> None:
        unit.session.connection().execute(_KEEP, {**ended, "ended_sequence": numbered.sequence})

    when_numbered(unit, change, keep)
