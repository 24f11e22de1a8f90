"""The editions of an item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime

LARGEST_EDITION = 2**31 - 1


class Edition(Model):
    """One edition of an item: its full content, as it was saved. A discarded one stays in the history, marked.

    Only an autosave may be written again, by its author within the sitting (`cms.editorial.history.autosaves`): `saved_at` is when
    that last happened, `saved_version` the version of the item after its last save. `changed_fields` are the fields that this
    save changed, null for editions from before they were noted; `restored_from` is the edition whose content this is.
    `removed_markup` says how many things of each kind its body lost when it was sanitised. `personal_data` are the findings in its texts,
    never a whole value (`cms.privacy.findings`); null for editions from before anybody looked.
    """

    __tablename__ = "editions"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    body_html: Mapped[str] = mapped_column(Text)
    body_seal: Mapped[str] = mapped_column(String(32))
    """Shows that the sanitiser made `body_html`, and by which rules (`cms.core.sealed_html`)."""
    body_text: Mapped[str] = mapped_column(Text)
    removed_markup: Mapped[dict[str, int]] = mapped_column(Json, default=dict, server_default="{}")
    personal_data: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    discarded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_autosave: Mapped[bool] = mapped_column(default=False, server_default=false())
    restored_from: Mapped[int | None]
    changed_fields: Mapped[list[str] | None] = mapped_column(Json)
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    saved_version: Mapped[int | None]
