"""Where an image is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, or_, select

from cms.core.db import session
from cms.core.permissions import Actor
from cms.editorial.items.models import Item
from cms.editorial.items.queries import visible_to
from cms.media.models import ImageUse
from cms.media.queries import get_image
from cms.publishing.models import PublicationFile


def uses_of(image_id: str, actor: Actor) -> tuple[Sequence[Item], int]:
    """The items with the image that the actor may see, and the number of all items with it. Raises `NotFound`."""
    get_image(image_id)
    return visible_uses(image_id, actor), len(using_items(image_id))


def visible_uses(image_id: str, actor: Actor, limit: int = 100) -> Sequence[Item]:
    """The most recently changed items with the image that the actor may see."""
    statement = select(Item).where(_shows(image_id), visible_to(actor))
    return session.scalars(statement.order_by(Item.updated_at.desc(), Item.id.desc()).limit(limit)).all()


def using_items(image_id: str) -> Sequence[str]:
    """Ids of all items that show the image, in their newest edition, or in a live or scheduled publication."""
    drafts = select(ImageUse.item_id).where(ImageUse.image_id == image_id)
    published = select(PublicationFile.item_id).where(PublicationFile.file_id == image_id)
    return session.scalars(drafts.union(published)).all()


def _shows(image_id: str) -> Any:
    in_draft = exists().where(ImageUse.item_id == Item.id, ImageUse.image_id == image_id)
    return or_(in_draft, _published_with(image_id))


def _published_with(image_id: str) -> Any:
    """True, in SQL, for an item whose live or scheduled publication shows the image."""
    return exists().where(PublicationFile.item_id == Item.id, PublicationFile.file_id == image_id)
