"""Items, their editions and their slugs: the authoring tables of every content type."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime


class State(StrEnum):
    """State of an item's newest edition. `published_edition` says beside it what readers have."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


class Item(Model):
    """A piece of content of any type: who owns it, on whose channel it appears, and where it stands.

    `version` grows with every write and is the ETag; `edition` grows with every save of the content. `kind` is the label
    lists filter by (kind of a post, class of a document). `published_channel` is where readers have it now: a newer draft
    may name another channel, and whoever may not publish there must not take it away from there either.
    """

    __tablename__ = "items"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    channel: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    slug: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    edition: Mapped[int] = mapped_column(default=1)
    published_edition: Mapped[int | None]
    published_channel: Mapped[str | None] = mapped_column(String(63))
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index(None, "type", "updated_at", "id"),
        Index(None, "type", "agency", "updated_at", "id"),
        Index(None, "type", "state", "updated_at", "id"),
    )


class Revision(Model):
    """The full content of one edition, as it was saved. Never changed afterwards."""

    __tablename__ = "revisions"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    body_html: Mapped[str] = mapped_column(Text)
    body_text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ItemSlug(Model):
    """Which item a slug belongs to. A slug that was ever published is never given to another item.

    The reference to the item is checked at commit: the slug is claimed before the item is written with it.
    """

    __tablename__ = "item_slugs"

    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    item_id: Mapped[str] = mapped_column(
        Id, ForeignKey("items.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"), index=True
    )
