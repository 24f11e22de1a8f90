"""What a queue has put aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import UTCDateTime


class DeadLetter(Model):
    """Something that a queue has put aside: how often it failed, why the last time, and when it is tried again."""

    __tablename__ = "dead_letters"
    __table_args__ = (Index(None, "queue", "retry_at"),)

    queue: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    error: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    retry_at: Mapped[datetime] = mapped_column(UTCDateTime)
