"""Reading preview links."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from cms.core import clock
from cms.core.db import session
from cms.core.errors import Gone, NotFound
from cms.editorial.items.models import Item
from cms.editorial.previews.checks import is_backed
from cms.editorial.previews.models import Preview
from cms.editorial.previews.pictures import picture_of
from cms.editorial.previews.policies import is_running
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


def get_opened_picture(token: str) -> str:
    """The id of the image that a signed address opens.

    Raises `NotFound` for an address that this server has not made, `Gone` when it has ended, or its link: revoked, expired, or no longer
    backed by who made it.
    """
    opened = picture_of(token)
    preview = session.get(Preview, opened.preview_id)
    item = None if preview is None else session.get(Item, preview.item_id)
    if preview is None or item is None:
        raise NotFound
    if clock.now() >= opened.until or not is_running(preview) or not is_backed(preview, item):
        raise Gone("preview_ended")
    return opened.image_id
