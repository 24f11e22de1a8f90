"""Images and their renditions. The bytes are stored under their digest; only re-encoded ones are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime
from cms.media.presets import fingerprint_of


class Image(Model):
    """An image of the library. `sha256` is of the re-encoded bytes, `source_sha256` of those that were uploaded.

    `alt` is null until a user writes it; a decorative image has none. The focal point is in percent from the left and
    the top. `waiting_since` is set while the worker has renditions to make. `proposed` are words that wait for a second person.
    Once `deleted_at` is set no one finds the image, until it is purged or a rollback brings it back.
    """

    __tablename__ = "images"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    name: Mapped[str] = mapped_column(String(200))
    alt: Mapped[str | None] = mapped_column(Text)
    is_decorative: Mapped[bool] = mapped_column(default=False)
    caption: Mapped[str | None] = mapped_column(Text)
    credit: Mapped[str | None] = mapped_column(String(200))
    focal_x: Mapped[int] = mapped_column(default=50)
    focal_y: Mapped[int] = mapped_column(default=50)
    width: Mapped[int]
    height: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    source_sha256: Mapped[str] = mapped_column(String(64))
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    version: Mapped[int] = mapped_column(default=1)
    uploaded_by_id: Mapped[str | None] = mapped_column(Id)
    uploaded_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proposed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    proposed_by_id: Mapped[str | None] = mapped_column(Id)
    proposed_by_label: Mapped[str | None] = mapped_column(String(200))
    proposed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("uq_images_agency_sha256", "agency", "sha256", unique=True),
        Index(None, "agency", "source_sha256"),
        Index(None, "sha256"),
        Index(None, "agency", "created_at", "id"),
        Index(None, "created_at", "id"),
        Index(
            "ix_images_deleted_at",
            "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )

    @property
    def fingerprint(self) -> str:
        """The part of the addresses of its renditions that changes with their bytes."""
        return fingerprint_of(self.sha256, self.focal_x, self.focal_y)

    @property
    def has_text(self) -> bool:
        """True when it has alternative text or is marked as decorative."""
        return self.is_decorative or bool(self.alt)


class ImageVersion(Model):
    """The words about an image from one change to the next, and their author. Never changed; deleted with the image."""

    __tablename__ = "image_versions"

    image_id: Mapped[str] = mapped_column(Id, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    alt: Mapped[str | None] = mapped_column(Text)
    is_decorative: Mapped[bool]
    caption: Mapped[str | None] = mapped_column(Text)
    credit: Mapped[str | None] = mapped_column(String(200))
    focal_x: Mapped[int]
    focal_y: Mapped[int]
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Rendition(Model):
    """A file made of an image under a fixed name, such as `card.webp`. Renditions of an earlier focal point stay, for old pages."""

    __tablename__ = "renditions"

    image_id: Mapped[str] = mapped_column(Id, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class ImageUse(Model):
    """The newest edition of an item shows this image. What published editions show is stored with the publications."""

    __tablename__ = "image_uses"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    image_id: Mapped[str] = mapped_column(Id, ForeignKey("images.id"), primary_key=True, index=True)
