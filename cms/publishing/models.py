"""The delivery tables. They know nothing of drafts; the authoring tables never appear in a delivered answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import EpochMicros, Id, RowNumber, UTCDateTime


class Standing(StrEnum):
    """Where a once published item stands. `gone` answers 410 with an explanation, `vanished` 404 as if it had never been."""

    LIVE = "live"
    GONE = "gone"
    VANISHED = "vanished"


class PublishedItem(Model):
    """An item that was published at least once. `number` breaks ties in lists and stays for the item's life."""

    __tablename__ = "published_items"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63))
    standing: Mapped[str] = mapped_column(String(10))
    explanation: Mapped[str | None] = mapped_column(Text)
    alternative: Mapped[str | None] = mapped_column(String(500))
    first_published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (Index(None, "type", "sequence"),)


class PublishedSlug(Model):
    """Every address an item was ever published under; the newest one of an item is its current address."""

    __tablename__ = "published_slugs"

    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("published_items.id"), index=True)


class Publication(Model):
    """One published edition as readers get it: `card_json` in lists, `full_json` in details.

    Superseded rows stay: they answer what was public on a given day. Live means `superseded_sequence` is null.
    """

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item_number: Mapped[int] = mapped_column(BigInteger, ForeignKey("published_items.number"))
    item_id: Mapped[str] = mapped_column(Id)
    type: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int] = mapped_column(Integer)
    agency: Mapped[str] = mapped_column(String(63))
    slug: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(8))
    published_at: Mapped[datetime] = mapped_column(EpochMicros)
    updated_at: Mapped[datetime] = mapped_column(EpochMicros)
    effective_from: Mapped[datetime] = mapped_column(EpochMicros)
    effective_until: Mapped[datetime | None] = mapped_column(EpochMicros)
    card_json: Mapped[str] = mapped_column(Text)
    full_json: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    superseded_sequence: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index(
            "uq_publications_live_item", "item_id", unique=True,
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_published", "type", "published_at", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_updated", "type", "updated_at", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_agency", "type", "agency", "published_at", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(None, "item_number", "edition"),
    )  # fmt: skip


class PublicationTerm(Model):
    """One value that a live publication can be found by. Removed when the publication is superseded or taken back.

    The agency stands in every row, so that the commonest pair of filters (an agency's site and one other) is one index range.
    """

    __tablename__ = "publication_terms"

    publication_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("publications.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(20), primary_key=True)
    term: Mapped[str] = mapped_column(String(100), primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63))
    published_at: Mapped[datetime] = mapped_column(EpochMicros)
    item_number: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_publication_terms_term", "type", "scheme", "term", "published_at", "item_number", "publication_id"),
        Index(
            "ix_publication_terms_agency",
            "type",
            "agency",
            "scheme",
            "term",
            "published_at",
            "item_number",
            "publication_id",
        ),
    )


class PublicationFile(Model):
    """A file that a live publication shows; the only files that readers can fetch."""

    __tablename__ = "publication_files"

    publication_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("publications.id"), primary_key=True)
    file_id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)

    __table_args__ = (Index(None, "item_id", "file_id"),)
