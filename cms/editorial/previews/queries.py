"""Reading preview links."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from cms.core.db import session
from cms.core.errors import NotFound
from cms.editorial.items.models import Item
from cms.editorial.previews.models import Preview
from cms.publishing.models import PublishedItem


def list_previews(item: Item, limit: int, before: str | None) -> Sequence[Preview]:
    """The links of an item, newest first, ended ones included."""
    statement = select(Preview).where(Preview.item_id == item.id)
    if before is not None:
        statement = statement.where(Preview.id < before)
    return session.scalars(statement.order_by(Preview.id.desc()).limit(limit)).all()


def get_preview(item: Item, preview_id: str) -> Preview:
    """A link of this item. Raises `NotFound`."""
    found = session.get(Preview, preview_id)
    if found is None or found.item_id != item.id:
        raise NotFound
    return found


def find_serial(item_id: str) -> int | None:
    """The number of an item (`serial`); None when readers never had it."""
    return session.scalar(select(PublishedItem.number).where(PublishedItem.id == item_id))
