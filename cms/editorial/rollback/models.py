"""Orders to undo a person's changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime


class Rollback(Model):
    """One order to undo a person's changes since a moment; `done` counts items by outcome, `failed` names the rest.

    Every item is undone in its own transaction. Giving the same order again continues where it stopped. `items` is the number
    of items at the time of the order; a far-reaching order waits until a second person confirms it.
    """

    __tablename__ = "rollbacks"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    target_id: Mapped[str] = mapped_column(Id)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    agency: Mapped[str | None] = mapped_column(String(63))
    reason: Mapped[str] = mapped_column(Text)
    started_by_id: Mapped[str | None] = mapped_column(Id)
    started_by_label: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    failed: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    items: Mapped[int] = mapped_column(default=0, server_default="0")
    needs_second_person: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    confirmed_by_id: Mapped[str | None] = mapped_column(Id)
    confirmed_by_label: Mapped[str | None] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_waiting(self) -> bool:
        """True while a second person must still confirm it."""
        return self.needs_second_person and self.confirmed_at is None

    @property
    def has_effect(self) -> bool:
        """True when it undid something or failed to; false when all it found was undone already."""
        return bool(self.failed) or any(count for outcome, count in self.done.items() if outcome != "unchanged")

    __table_args__ = (Index(None, "target_id", "started_at"),)
