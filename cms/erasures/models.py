"""Orders to erase. They outlive what they describe, so nothing refers to other tables."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core import clock
from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime


class ErasureState(StrEnum):
    """How far an order is."""

    REQUESTED = "requested"
    """It waits for the second person."""
    EXPIRED = "expired"
    """Nobody confirmed it in time. Never stored: it follows from `expires_at`."""
    CANCELLED = "cancelled"
    CONFIRMED = "confirmed"
    """The rows are erased; bytes of files may still lie in the storage."""
    DONE = "done"


class Erasure(Model):
    """One order to erase an item (`parts` null) or some editions and files of it, with the reason, which readers get, and the legal basis.

    `erased` is what was erased, by numbers, ids and digests alone: `editions`, `publications` (digests), `files` and `images`
    (`id`, `sha256`), and `bytes`, the digests of everything that may lie in the storage.
    """

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[str] = mapped_column(Id)
    agency: Mapped[str] = mapped_column(String(63))
    parts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    requested_by_id: Mapped[str | None] = mapped_column(Id)
    requested_by_label: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[str | None] = mapped_column(Id)
    decided_by_label: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    erased: Mapped[dict[str, Any] | None] = mapped_column(Json)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (Index(None, "item_id"), Index(None, "state", "decided_at"))

    @property
    def standing(self) -> ErasureState:
        """Its state now."""
        state = ErasureState(self.state)
        return ErasureState.EXPIRED if state is ErasureState.REQUESTED and self.expires_at <= clock.now() else state

    @property
    def is_open(self) -> bool:
        """True while it can be confirmed."""
        return self.standing is ErasureState.REQUESTED
