"""The slugs of items."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id


class ItemSlug(Model):
    """The item that owns a slug. A slug that was ever published is never given to another item.

    The reference to the item is checked at commit: the slug is claimed before the item is written with it.
    """

    __tablename__ = "item_slugs"

    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    item_id: Mapped[str] = mapped_column(
        Id, ForeignKey("items.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"), index=True
    )
