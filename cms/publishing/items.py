"""The row of an item in the delivery half, and the addresses that it owns for ever.

Each write also returns what the caller needs (the item's number, who reposts it), because every publish runs these statements
while it holds the head of the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, bindparam, insert, select, update
from sqlalchemy.sql import ClauseElement

from cms.core.compiled import CompiledStatement, insert_for
from cms.core.db import table_of
from cms.core.errors import Conflict
from cms.publishing.models import Publication, PublishedItem, PublishedSlug, Standing
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.reposts import REPOST_COUNT, Carried, carried
from cms.publishing.visibility import is_current

_items, _slugs = table_of(PublishedItem), table_of(PublishedSlug)

UPDATE_ITEM = update(_items).where(_items.c.id == bindparam("published_id"))
_LIVE: dict[str, Any] = {
    "standing": Standing.LIVE.value,
    "agency": bindparam("owner"),
    "explanation": None,
    "alternative": None,
    "target_id": None,
    "ended_at": None,
    "public_updated_at": bindparam("major_at"),
    "change_history": bindparam("history", type_=_items.c.change_history.type),
    "sequence": bindparam("at_sequence"),
}
_LIVE_AGAIN = UPDATE_ITEM.values(_LIVE)
_FOUND = (_items.c.number, REPOST_COUNT)
_NUMBER = select(*_FOUND).where(_items.c.id == bindparam("published_id"))
_REPRESENTED = UPDATE_ITEM.values(sequence=bindparam("at_sequence")).returning(*_FOUND)
_INSERT_ITEM = insert(_items).returning(_items.c.number)


def _kept_slug(dialect: Dialect) -> ClauseElement:
    """Take an address, or leave it as it is; returns whose it is."""
    taken = insert_for(dialect, _slugs)
    unchanged = {"effective_from": _slugs.c.effective_from}
    keys = [_slugs.c.type, _slugs.c.agency, _slugs.c.slug]
    return taken.on_conflict_do_update(index_elements=keys, set_=unchanged).returning(_slugs.c.item_id)


_KEEP_SLUG = CompiledStatement(_kept_slug, _slugs.c.keys())


def _live_item(dialect: Dialect) -> ClauseElement:
    """Make the row of an item, or set its existing row to live."""
    first: dict[str, Any] = {
        "id": bindparam("published_id"),
        "type": bindparam("type"),
        "first_published_at": bindparam("first_at"),
    }
    made = insert_for(dialect, _items).values({**_LIVE, **first})
    had_one = select(Publication.id).where(Publication.item_id == bindparam("published_id"), is_current()).exists()
    returned = (*_FOUND, had_one.label("had_one"))
    return made.on_conflict_do_update(index_elements=[_items.c.id], set_=_LIVE).returning(*returned)


_LIVE_ITEM = CompiledStatement(_live_item)


class NowLive(NamedTuple):
    """The item's row number, who carries it, and whether it has a current publication already, a scheduled one perhaps."""

    number: int
    carriers: Sequence[Carried]
    had_one: bool


def now_live(connection: Connection, rendered: RenderedItem, sequence: int) -> NowLive:
    """Note that readers have this edition of the item, its first or a later one."""
    values = _live_values(rendered.item_id, rendered.agency, rendered.full, sequence)
    first = {"type": rendered.type, "first_at": rendered.published_at}
    found: Any = _LIVE_ITEM.run(connection, {**values, **first}).one()
    number, reposts, had_one = found
    carriers = carried(connection, rendered.item_id) if reposts else ()
    return NowLive(number, carriers, bool(had_one))


def live_again(connection: Connection, item_id: str, agency: str, full: Mapping[str, Any], sequence: int) -> None:
    """Note that readers have this full form of an item that already has a row."""
    connection.execute(_LIVE_AGAIN, _live_values(item_id, agency, full, sequence))


def rebuilt_item(connection: Connection, item_id: str, sequence: int) -> tuple[int, Sequence[Carried]]:
    """Note that an item is rendered again, in any standing. Returns its row number and carriers."""
    values = {"published_id": item_id, "at_sequence": sequence}
    return _found(connection, item_id, connection.execute(_REPRESENTED, values).one())


def waiting_item(connection: Connection, item_id: str) -> tuple[int, Sequence[Carried]]:
    """The row number and carriers of an item whose scheduled publication is rendered again: readers see nothing of that yet."""
    return _found(connection, item_id, connection.execute(_NUMBER, {"published_id": item_id}).one())


def scheduled_item(connection: Connection, rendered: RenderedItem) -> tuple[int, Sequence[Carried]]:
    """The row number and carriers of an item that readers will have later; makes its row if there is none."""
    found = connection.execute(_NUMBER, {"published_id": rendered.item_id}).one_or_none()
    if found is not None:
        return _found(connection, rendered.item_id, found)
    first = {
        "id": rendered.item_id,
        "type": rendered.type,
        "agency": rendered.agency,
        "standing": Standing.SCHEDULED.value,
        "first_published_at": rendered.published_at,
        "sequence": 0,
    }
    made: int = connection.execute(_INSERT_ITEM, first).scalar_one()
    return made, ()


def keep_slug(connection: Connection, rendered: RenderedItem, effective_from: datetime) -> None:
    """Give the address to the item for ever, from this moment on. The item must have its row. Raises `Conflict("slug_taken")`."""
    address = {"type": rendered.type, "agency": rendered.agency, "slug": rendered.slug}
    taken = {**address, "item_id": rendered.item_id, "effective_from": effective_from}
    if _KEEP_SLUG.run(connection, taken).scalar_one() != rendered.item_id:
        raise Conflict("slug_taken", slug=rendered.slug)


def _found(connection: Connection, item_id: str, row: Any) -> tuple[int, Sequence[Carried]]:
    number, reposts = row
    return number, carried(connection, item_id) if reposts else ()


def _live_values(item_id: str, agency: str, full: Mapping[str, Any], sequence: int) -> dict[str, Any]:
    major_at = full.get("public_updated_at")
    return {
        "published_id": item_id,
        "owner": agency,
        "major_at": datetime.fromisoformat(major_at) if major_at else None,
        "history": full.get("change_history", []),
        "at_sequence": sequence,
    }
