"""Comments of colleagues on the editions of an item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime


class ReviewComment(Model):
    """A colleague's comment on one edition, at a field (`pointer`) or on the whole; resolved when it is settled."""

    __tablename__ = "review_comments"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"))
    edition: Mapped[int]
    pointer: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by_id: Mapped[str | None] = mapped_column(Id)
    resolved_by_label: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "item_id", "created_at", "id"),)
