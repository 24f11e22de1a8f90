"""What was read of files. A row belongs to bytes, not to a file of a document: the same bytes are read once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Boolean, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Json, UTCDateTime

NOT_LOOKED_THROUGH: Final = "personal_data IS NULL AND state IN ('read', 'scan', 'ocr')"


class TextState(StrEnum):
    """How far the text of a file is."""

    RECEIVED = "received"
    """It waits to be read."""
    READ = "read"
    SCAN = "scan"
    """At least half of its pages are pictures without text. It may wait for recognition."""
    OCR = "ocr"
    """It was a scan; its words were recognised in the pictures."""
    FAILED = "failed"


class TextFault(StrEnum):
    """Why a text could not be read."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_DEMANDING = "too_demanding"
    """It needs more time or memory than a file is given."""


class FileText(Model):
    """What was read of the bytes with this digest.

    `pages` is null for kinds without pages. `without_text` lists pages that show something and have no text; `waits_for_ocr` while such
    pages may still be recognised, `recognised` how many were. `figures` are those of a tagged PDF. `is_whole`: nothing was left out for its length.
    `personal_data` are the findings in it, never a whole value; null while nobody has looked through what was read.
    `is_new`: what was read has changed since the search index took it.
    """

    __tablename__ = "file_texts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    fault: Mapped[str | None] = mapped_column(String(20))
    pages: Mapped[int | None] = mapped_column(Integer)
    characters: Mapped[int] = mapped_column(Integer, default=0)
    is_whole: Mapped[bool] = mapped_column(Boolean, default=True)
    without_text: Mapped[list[int]] = mapped_column(Json, default=list)
    waits_for_ocr: Mapped[bool] = mapped_column(Boolean, default=False)
    recognised: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[str | None] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(35))
    is_tagged: Mapped[bool | None] = mapped_column(Boolean)
    is_encrypted: Mapped[bool] = mapped_column(Boolean, default=False)
    figures: Mapped[int] = mapped_column(Integer, default=0)
    figures_without_alt: Mapped[int] = mapped_column(Integer, default=0)
    personal_data: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    is_new: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index(
            "ix_file_texts_received", "received_at",
            sqlite_where=text("state = 'received'"), postgresql_where=text("state = 'received'"),
        ),
        Index(
            "ix_file_texts_new", "sha256", sqlite_where=text("is_new"), postgresql_where=text("is_new"),
        ),
        Index(
            "ix_file_texts_ocr", "received_at",
            sqlite_where=text("waits_for_ocr"), postgresql_where=text("waits_for_ocr"),
        ),
        Index(
            "ix_file_texts_not_looked_through", "received_at",
            sqlite_where=text(NOT_LOOKED_THROUGH), postgresql_where=text(NOT_LOOKED_THROUGH),
        ),
    )  # fmt: skip


class FileTextPage(Model):
    """The text of one page, slide or sheet (`label` is its name); other files are one text, number 1. `is_recognised`: by OCR."""

    __tablename__ = "file_text_pages"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    label: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    is_recognised: Mapped[bool] = mapped_column(Boolean, default=False)
