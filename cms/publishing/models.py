"""The delivery tables. They know nothing of drafts; the authoring tables never appear in a delivered answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.clock import EPOCH, NEVER, micros
from cms.core.db import Model
from cms.core.types import EpochMicros, Id, Json, RowNumber, UTCDateTime


class Standing(StrEnum):
    """The state of an item for readers.

    `scheduled` was never live and will be; `withdrawn` is still readable, with a notice; `gone` answers 410 with an
    explanation, `redirected` 410 with where it is now, `vanished` 404 as if it had never been. A scheduled
    moment takes effect before the worker has carried it out: `cms.publishing.visibility` decides what is live now.
    """

    SCHEDULED = "scheduled"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    REDIRECTED = "redirected"
    VANISHED = "vanished"


class PublishedItem(Model):
    """An item that was published at least once, or will be. `number` breaks ties in lists and stays for the item's life.

    `alternative` is the address that readers are sent to, `target_id` the item; `change_history` the public notes, newest
    first, `public_updated_at` the last major update.
    """

    __tablename__ = "published_items"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63))
    standing: Mapped[str] = mapped_column(String(10))
    explanation: Mapped[str | None] = mapped_column(Text)
    alternative: Mapped[str | None] = mapped_column(String(500))
    target_id: Mapped[str | None] = mapped_column(Id)
    first_published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    public_updated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    change_history: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (Index(None, "type", "sequence"),)


class PublishedSlug(Model):
    """Every address an item was ever published under, for ever. `effective_from` is when a scheduled address begins to exist."""

    __tablename__ = "published_slugs"

    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("published_items.id"), index=True)
    effective_from: Mapped[datetime] = mapped_column(EpochMicros, default=EPOCH, server_default="0")


class Publication(Model):
    """One published edition as readers get it: `card_json` in lists, `full_json` in details.

    Superseded rows stay: they answer what was public on a given day. Current means `superseded_sequence` is null: one
    row per item, and beside it one with `is_scheduled` for an edition that was scheduled and not carried out yet. A current row
    is live from `effective_from` until `effective_until`; `end_explanation` is for readers after that, and its line is written in the name of
    who scheduled it (`scheduled_by_label`). Its terms and
    files (`terms_json`, `files_json`) stay with it; `digest` is made by `cms.publishing.digests`. `changed_at` is the moment of the
    line that made it what readers see (`cms.changes.log.Numbered`); null while it is scheduled. `rendered_sequence` is the line with which its texts were made:
    carrying out a schedule moves `sequence`, and the texts may be older than a new name. `valid_from` to
    `event_until` are the spans of `RenderedItem`.
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
    changed_at: Mapped[datetime | None] = mapped_column(EpochMicros)
    valid_from: Mapped[datetime] = mapped_column(EpochMicros, default=EPOCH, server_default="0")
    valid_until: Mapped[datetime] = mapped_column(EpochMicros, default=NEVER, server_default=str(micros(NEVER)))
    event_from: Mapped[datetime | None] = mapped_column(EpochMicros)
    event_until: Mapped[datetime | None] = mapped_column(EpochMicros)
    effective_from: Mapped[datetime] = mapped_column(EpochMicros)
    effective_until: Mapped[datetime | None] = mapped_column(EpochMicros)
    is_scheduled: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    end_explanation: Mapped[str | None] = mapped_column(Text)
    scheduled_by_id: Mapped[str | None] = mapped_column(Id)
    scheduled_by_label: Mapped[str | None] = mapped_column(String(200))
    card_json: Mapped[str] = mapped_column(Text)
    full_json: Mapped[str] = mapped_column(Text)
    terms_json: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    files_json: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    digest: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    rendered_sequence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    superseded_sequence: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index(
            "uq_publications_live_item", "item_id", "is_scheduled", unique=True,
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_scheduled", "type", "effective_from",
            sqlite_where=text("superseded_sequence IS NULL AND is_scheduled"),
            postgresql_where=text("superseded_sequence IS NULL AND is_scheduled"),
        ),
        Index(
            "ix_publications_ending", "type", "effective_until",
            sqlite_where=text("superseded_sequence IS NULL AND effective_until IS NOT NULL"),
            postgresql_where=text("superseded_sequence IS NULL AND effective_until IS NOT NULL"),
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
            "ix_publications_live_changed", "type", "changed_at", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_agency_changed", "type", "agency", "changed_at", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_agency", "type", "agency", "published_at", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_valid", "type", "valid_until", "item_number",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        Index(
            "ix_publications_live_event", "type", "event_from", "item_number",
            sqlite_where=text("superseded_sequence IS NULL AND event_from IS NOT NULL"),
            postgresql_where=text("superseded_sequence IS NULL AND event_from IS NOT NULL"),
        ),
        # Hits of a search are compared with it, without reading their texts (cms.search).
        Index(
            "ix_publications_live_window", "id", "effective_from", "effective_until", "type", "agency", "published_at",
            sqlite_where=text("superseded_sequence IS NULL"), postgresql_where=text("superseded_sequence IS NULL"),
        ),
        # What left the channels of a copy (cms.publishing.walking).
        Index(
            "ix_publications_superseded", "type", "superseded_sequence",
            sqlite_where=text("superseded_sequence IS NOT NULL"), postgresql_where=text("superseded_sequence IS NOT NULL"),
        ),
        Index(None, "item_number", "edition"),
    )  # fmt: skip


class PublicationTerm(Model):
    """One value that a live publication can be found by. Removed when the publication is superseded or taken back.

    Every row has the agency, so that the commonest pair of filters (an agency's site and one other) is one index range.
    `repost` is set for the channel of an agency that reposts the item: its note, as JSON.
    """

    __tablename__ = "publication_terms"

    publication_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("publications.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(20), primary_key=True)
    term: Mapped[str] = mapped_column(String(100), primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63))
    published_at: Mapped[datetime] = mapped_column(EpochMicros)
    item_number: Mapped[int] = mapped_column(BigInteger)
    repost: Mapped[str | None] = mapped_column(Text)

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
        Index(
            "ix_publication_terms_repost", "type", "scheme", "term", "published_at", "item_number", "publication_id",
            sqlite_where=text("repost IS NOT NULL"), postgresql_where=text("repost IS NOT NULL"),
        ),
    )  # fmt: skip


class ContentPosition(Model):
    """The newest line of the log that changed what readers have of one content type, of one owner or on one channel (`scheme`), and its
    moment.
    """

    __tablename__ = "content_positions"

    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(7), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime] = mapped_column(EpochMicros)


class Repost(Model):
    """An agency reposts another agency's published item on its channel, with its own comment and placement."""

    __tablename__ = "reposts"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("published_items.id"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), primary_key=True)
    comment: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(100))
    reposted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class EndedRepost(Model):
    """A repost that its agency has ended, with the line of the log that ended it; `reposts` holds only those that go on.

    With the terms of superseded publications it tells what once was on a channel.
    """

    __tablename__ = "ended_reposts"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("published_items.id"))
    agency: Mapped[str] = mapped_column(String(63))
    comment: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(100))
    reposted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_sequence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "item_id", "agency"), Index(None, "agency", "ended_sequence"))


class LegacyAddress(Model):
    """An address at which an item was published before it came here. `key` is what addresses that browsers take for the same have in
    common (`cms.publishing.legacy_addresses`); readers hear of it while they may know of its item.
    """

    __tablename__ = "legacy_addresses"

    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), index=True)


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
    is_attachment: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    __table_args__ = (Index(None, "item_id", "file_id"), Index(None, "file_id"))
