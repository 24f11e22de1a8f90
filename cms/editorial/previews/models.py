"""Preview links of an item."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime

LONGEST_LIFE: Final = timedelta(days=30)


class Preview(Model):
    """A link that shows an unpublished item to anyone who has it; with edition null it follows the draft.

    The address is signed and not stored. `token_version` is the creator's at that time: an event that ends the creator's
    access tokens ends the link too. `most_uses` null means any number.
    """

    __tablename__ = "previews"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"))
    edition: Mapped[int | None]
    created_by_id: Mapped[str] = mapped_column(Id)
    created_by_label: Mapped[str] = mapped_column(String(200))
    token_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    most_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by_label: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "item_id", "id"),)
