"""Reads items. One SQL predicate, derived from the permission map, decides what a person may see (R-Z1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, literal_column, select, true, tuple_

from cms.agencies.models import Agency
from cms.core import clock
from cms.core.compiled import CompiledStatement
from cms.core.db import session, table_of
from cms.core.errors import NotFound
from cms.core.permissions import PERMISSION_MAP, Actor, Permission, anywhere, in_own_agency
from cms.core.raw_columns import json_value, moment_value
from cms.core.small_reads import small_read
from cms.editorial.attribution import Owner
from cms.editorial.comments.models import ReviewComment
from cms.editorial.content_types import ContentType
from cms.editorial.items.foreseen_editions import take_foreseen
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.leases.models import EditLease
from cms.publishing.models import LegacyAddress, Publication
from cms.publishing.visibility import live, was_published

_agencies = table_of(Agency)
_OWNER = CompiledStatement(
    select(
        _agencies.c.slug, _agencies.c.name, _agencies.c.short_name, _agencies.c.site_url, _agencies.c.address_templates
    )
    .where(_agencies.c.slug == bindparam("slug"))
    .with_for_update(read=True)
)
_items, _comments, _leases, _old = table_of(Item), table_of(ReviewComment), table_of(EditLease), table_of(LegacyAddress)
_COLLEAGUES = (
    select(
        select(func.count())
        .where(_comments.c.item_id == _items.c.id, _comments.c.resolved_at.is_(None))
        .correlate(_items)
        .scalar_subquery()
        .label("open_comments"),
        # As SQL: a value of its own would have to be given with each read.
        select(func.aggregate_strings(_old.c.url, literal_column("' '")))  # type: ignore[arg-type]
        .where(_old.c.item_id == _items.c.id)
        .correlate(_items)
        .scalar_subquery()
        .label("legacy_addresses"),
        select(Publication.card_json)
        .where(Publication.item_id == _items.c.id, live(bindparam("now", type_=BigInteger)))
        .correlate(_items)
        .scalar_subquery()
        .label("card"),
        _leases.c.holder_id,
        _leases.c.holder_label,
        _leases.c.since,
        _leases.c.until,
    )
    .select_from(_items.outerjoin(_leases, _leases.c.item_id == _items.c.id))
    .where(_items.c.id == bindparam("id"))
)

PUT_AWAY = (State.ARCHIVED.value, State.TRASHED.value)
"""States that a list shows only when asked for."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The items that the actor may see; others do not exist for this actor."""
    agencies = _agencies_seen_by(actor)
    return true() if agencies is None else Item.agency.in_(agencies)


def _agencies_seen_by(actor: Actor) -> list[str] | None:
    """The agencies whose items the actor may see; None for all of them."""
    seen: set[str] = set()
    for role, holds in PERMISSION_MAP[Permission.CONTENT_READ]:
        if not actor.has(role):
            continue
        if holds is anywhere:
            return None
        if holds is not in_own_agency:
            raise NotImplementedError(f"no SQL for the predicate of {role}")
        seen |= actor.agencies(role)
    return sorted(seen)


class VisibleItem:
    """A statement about one item that the actor may see. Built once: building costs as much as running."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._anywhere = statement.where(Item.id == bindparam("id"), Item.type == bindparam("type"))
        self._in_agencies = self._anywhere.where(Item.agency.in_(bindparam("agencies", expanding=True)))

    def of(
        self, content_type: ContentType, item_id: str, actor: Actor
    ) -> tuple[Select[*tuple[Any, ...]], dict[str, Any]]:
        """The statement for this item and this actor, and its values."""
        values = {"id": item_id, "type": content_type.name}
        agencies = _agencies_seen_by(actor)
        return (self._anywhere, values) if agencies is None else (self._in_agencies, {**values, "agencies": agencies})


_TO_READ = VisibleItem(select(Item))
_TO_CHANGE = VisibleItem(select(Item).with_for_update().execution_options(populate_existing=True))


def get_item(content_type: ContentType, item_id: str, actor: Actor, *, lock: bool = False) -> Item:
    """The item as it is now. Raises `NotFound` also when the actor may not see it.

    `lock` locks its row until the transaction ends, so that the second of two editors sees the first one's change.
    """
    item: Item | None = session.scalar(*(_TO_CHANGE if lock else _TO_READ).of(content_type, item_id, actor))
    if item is None:
        raise NotFound
    return item


def lock_items(item_ids: Collection[str]) -> None:
    """Lock the rows of these items until the transaction ends, always in the same order; unknown ids are ignored.

    Every transaction locks its items before the head of the log. Otherwise two transactions can deadlock, which PostgreSQL ends
    after a second by refusing one of them.
    """
    session.execute(select(Item.id).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update())


def get_edition(item: Item, number: int | None = None) -> Edition:
    """An edition of the item, the newest one by default."""
    foreseen = take_foreseen(item) if number is None else None
    return foreseen or session.get_one(Edition, (item.id, number or item.edition))


def get_owner(item: Item) -> Owner:
    """The agency that owns the item, locked: a renaming waits until the edition that shows its name is written."""
    row = _OWNER.run(session.connection(), {"slug": item.agency}).one()
    return OwnerRow(row.slug, row.name, row.short_name, row.site_url, json_value(row.address_templates))


def get_colleagues(item_id: str) -> Colleagues:
    """The number of open comments on the item, who is editing it, and where readers find it; one statement."""
    values = {"id": item_id, "now": clock.micros(clock.now())}
    ((open_comments, addresses, card, holder_id, label, since, until),) = small_read(_COLLEAGUES, values)
    is_leased = holder_id is not None and moment_value(until) > clock.now()
    lease = Lease(holder_id, label, moment_value(since), moment_value(until)) if is_leased else None
    # Of what readers have: a draft may have another slug already.
    canonical_url = None if card is None else str(orjson.loads(card)["canonical_url"])
    return Colleagues(open_comments, sorted((addresses or "").split()), canonical_url, lease)


def writers_of(item: Item, number: int) -> set[str]:
    """The writers of an edition: all who saved one since the publication before it, discarded ones included."""
    published = select(func.max(Publication.edition)).where(
        Publication.item_id == item.id, Publication.edition < number, was_published()
    )
    wrote = select(Edition.author_id).where(
        Edition.item_id == item.id, Edition.number <= number, Edition.author_id.is_not(None),
        Edition.number > func.coalesce(published.scalar_subquery(), 0),
    )  # fmt: skip
    return {str(author) for author in session.scalars(wrote.distinct())}


def get_last_published(item_id: str) -> int:
    """The last published edition, even if it is no longer live. Only for items that were published."""
    newest = select(Publication.edition).where(Publication.item_id == item_id, was_published())
    # Not by id: a schedule's row is older than a publication that was rendered again before the schedule's moment.
    return session.scalars(newest.order_by(Publication.sequence.desc()).limit(1)).one()


class OwnerRow(NamedTuple):
    """An `Owner`, as it was read."""

    slug: str
    name: str
    short_name: str
    site_url: str | None
    address_templates: Mapping[str, str]


class Lease(NamedTuple):
    """A lease that is in force."""

    holder_id: str
    holder_label: str
    since: datetime
    until: datetime


class Colleagues(NamedTuple):
    """What an item shows beside its content: open comments, its old addresses, the address of what readers have, and the lease that is in force."""

    open_comments: int
    legacy_addresses: Sequence[str]
    canonical_url: str | None
    lease: Lease | None


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """A filter of a list. Empty means everything; for `states`, all but `PUT_AWAY`.

    `labels` are kinds of posts or classes of documents.
    """

    agencies: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    updated_after: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as SQL."""
        pairs: list[tuple[Any, tuple[str, ...]]] = [
            (Item.agency, self.agencies),
            (Item.channel, self.channels),
            (Item.state, self.states),
            (Item.kind, self.labels),
        ]
        found: list[ColumnElement[bool]] = [column.in_(values) for column, values in pairs if values]
        if not self.states:
            found.append(Item.state.not_in(PUT_AWAY))
        if self.updated_after is not None:
            found.append(Item.updated_at > self.updated_after)
        return found


def list_items(
    content_type: ContentType, actor: Actor, wanted: ItemFilter, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Item]:
    """The most recently changed items that the actor may see, after the position `after`, at most `limit`."""
    statement = select(Item).where(Item.type == content_type.name, visible_to(actor), *wanted.conditions())
    if after is not None:
        statement = statement.where(tuple_(Item.updated_at, Item.id) < after)
    return session.scalars(statement.order_by(Item.updated_at.desc(), Item.id.desc()).limit(limit)).all()
