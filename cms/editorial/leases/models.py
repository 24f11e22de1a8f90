"""Who is editing an item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime


class EditLease(Model):
    """Who is editing an item, as a courtesy to colleagues: it blocks no write, only If-Match does. Valid until `until`."""

    __tablename__ = "edit_leases"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(Id)
    holder_label: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
