"""The newest editions of items, read before the transaction that needs them: while others wait for it, it reads little."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import make_transient_to_detached

from cms.core.db import session, table_of
from cms.core.prepared import keep_read, take_read
from cms.core.raw_columns import converters_of, moment_value
from cms.core.small_reads import small_read
from cms.editorial.items.models import Edition, Item
from cms.moderation.queries import NEWEST_BLOCK

_editions, _items = table_of(Edition), table_of(Item)
_COLUMNS = converters_of(_editions)
NEWEST = select(Edition, Item.version).join(Item, and_(Edition.item_id == Item.id, Edition.number == Item.edition))
"""The newest edition of each item, and the version of the item."""
_TO_PUBLISH = NEWEST.add_columns(NEWEST_BLOCK.scalar_subquery()).where(Item.id.in_(bindparam("ids", expanding=True)))
_ONE_TO_PUBLISH = (
    select(*_editions.c, _items.c.version, NEWEST_BLOCK.scalar_subquery())
    .join(_items, and_(_editions.c.item_id == _items.c.id, _editions.c.number == _items.c.edition))
    .where(_items.c.id == bindparam("id"))
)


class Foreseen(NamedTuple):
    """The newest edition of an item: valid while the item has this version. `newest_block` is when a domain was last blocked, if it was
    read along.
    """

    edition: Edition
    version: int
    newest_block: datetime | None = None


def foresee_editions(statement: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None) -> list[Foreseen]:
    """Read and keep editions for the next transaction; `statement` is `NEWEST`, narrowed to some items."""
    found = [Foreseen(*row) for row in session.execute(statement, values)]
    for each in found:
        session.expunge(each.edition)
        _keep(each)
    return found


def foresee_to_publish(*item_ids: str) -> list[Foreseen]:
    """Read and keep the editions of items that are to be published, and when a domain was last blocked."""
    if len(item_ids) > 1:
        return foresee_editions(_TO_PUBLISH, {"ids": item_ids})
    # One item is what editors publish all day: an object of the session would cost several times as much as its row.
    found = [_foreseen(row) for item_id in item_ids for row in small_read(_ONE_TO_PUBLISH, {"id": item_id})]
    for each in found:
        _keep(each)
    return found


def take_foreseen(item: Item) -> Edition | None:
    """The newest edition of an item that is locked, as an object of the session; None when it was not foreseen, or has changed."""
    foreseen: Foreseen | None = take_read(_key(item.id))
    if foreseen is None or (foreseen.version, foreseen.edition.number) != (item.version, item.edition):
        return None
    return session.merge(foreseen.edition, load=False)


def _foreseen(row: Any) -> Foreseen:
    edition = Edition(**{name: convert(raw) for (name, convert), raw in zip(_COLUMNS, row, strict=False)})
    make_transient_to_detached(edition)
    version, newest_block = row[len(_COLUMNS) :]
    return Foreseen(edition, version, newest_block and moment_value(newest_block))


def _keep(foreseen: Foreseen) -> None:
    keep_read(_key(foreseen.edition.item_id), foreseen)


def _key(item_id: str) -> tuple[type[Foreseen], str]:
    return Foreseen, item_id
