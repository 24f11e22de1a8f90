"""Files of documents. The bytes are stored under their digest and never rewritten: they may be signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime


class DocumentFile(Model):
    """A stored file that editions of one document may show.

    `words` are the words that moderation checks (`cms.documents.file_words`); `is_read_whole` is false if part was not read.
    `is_protected`: it is encrypted, so nobody can look into it. `is_attachment`: browsers save it and never show it.
    `has_formulas`: it is a table in text with cells that table programs would carry out.
    """

    __tablename__ = "document_files"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    document_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    uploaded_by: Mapped[str] = mapped_column(String(200))
    words: Mapped[str | None] = mapped_column(Text)
    is_read_whole: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    is_protected: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_attachment: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    has_formulas: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
