"""Whether bytes have been looked at for viruses. A row belongs to bytes, not to a file of a document: the same bytes are scanned once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import UTCDateTime

LONGEST_FINDING = 200


class ScanState(StrEnum):
    """What is known of bytes."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class VirusScan(Model):
    """What the scanner said about the bytes with this digest; `finding` is its name for what is in them."""

    __tablename__ = "virus_scans"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    finding: Mapped[str | None] = mapped_column(String(LONGEST_FINDING))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index(
            "ix_virus_scans_waiting", "received_at",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip
