"""Releases: items that readers get together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime
from cms.editorial.items.models import LONGEST_TITLE


class ReleaseState(StrEnum):
    """Whether a release was published."""

    OPEN = "open"
    PUBLISHED = "published"


class Release(Model):
    """Items of any type that are published in one transaction: all of them or none."""

    __tablename__ = "releases"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    state: Mapped[str] = mapped_column(String(20), default=ReleaseState.OPEN.value)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    items: Mapped[list[ReleaseItem]] = relationship(
        order_by="ReleaseItem.position", cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )

    __table_args__ = (Index(None, "updated_at", "id"),)


class ReleaseItem(Model):
    """One item of a release. The release publishes its newest edition at that moment."""

    __tablename__ = "release_items"

    release_id: Mapped[str] = mapped_column(Id, ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[str] = mapped_column(Id, index=True)
