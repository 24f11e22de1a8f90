"""Items, their editions and their slugs: the authoring tables of every content type."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, exists, false, or_, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from cms.agencies.models import Agency
from cms.core.clock import now
from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime
from cms.taxonomy.models import Category


class State(StrEnum):
    """State of an item's newest edition. `published_edition` says beside it what readers have."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    ARCHIVED = "archived"
    TRASHED = "trashed"


class Item(Model):
    """A piece of content of any type: who owns it, on whose channel it appears, and where it stands.

    `version` grows with every write and is the ETag; `edition` is the newest edition that counts, `last_edition` the
    highest number given, which discarded editions keep. `kind` is the label lists filter by (kind of a post, class of a
    document). `published_channel` is where readers have it now: a newer draft may name another channel, and whoever may
    not publish there must not take it away from there either.

    `writers` are the ids of everybody who saved an edition since the one that readers last got; an approval counts for
    `approved_edition` alone, `approved_as` is the role it was given in. `state_before` is what `restore` returns to.
    `hold` are the reasons for which the newest edition needs a second person.
    """

    __tablename__ = "items"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    channel: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    slug: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    edition: Mapped[int] = mapped_column(default=1)
    published_edition: Mapped[int | None]
    published_channel: Mapped[str | None] = mapped_column(String(63))
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    category: Mapped[str | None] = mapped_column(String(63))
    last_edition: Mapped[int] = mapped_column(default=1, server_default="1")
    writers: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    approved_edition: Mapped[int | None]
    approved_by_id: Mapped[str | None] = mapped_column(Id)
    approved_by_label: Mapped[str | None] = mapped_column(String(200))
    approved_as: Mapped[str | None] = mapped_column(String(20))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state_since: Mapped[datetime] = mapped_column(UTCDateTime, default=now, server_default="1970-01-01 00:00:00")
    state_before: Mapped[str | None] = mapped_column(String(20))
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    publish_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unpublish_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    timezone: Mapped[str | None] = mapped_column(String(63))
    planned_by_id: Mapped[str | None] = mapped_column(Id)
    planned_by_label: Mapped[str | None] = mapped_column(String(200))
    unpublished_as: Mapped[str | None] = mapped_column(String(10))
    hold: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    hold_version: Mapped[str | None] = mapped_column(String(64))

    reviewed_by: Mapped[str | None] = column_property(
        select(Agency.review).where(Agency.slug == agency).correlate_except(Agency).scalar_subquery()
    )
    """`agency` or `central`: who approves what this item's agency publishes. Read with the item, never written."""
    needs_four_eyes: Mapped[bool | None] = column_property(
        or_(
            exists().where(Agency.slug == agency, Agency.four_eyes).correlate_except(Agency),
            exists().where(Category.slug == category, Category.four_eyes).correlate_except(Category),
        )
    )
    """True when the agency or the category asks for a second person. Read with the item, never written."""

    __table_args__ = (
        Index(None, "state", "state_since", "id"),
        Index(
            "ix_items_publish_at",
            "publish_at",
            sqlite_where=text("publish_at IS NOT NULL"),
            postgresql_where=text("publish_at IS NOT NULL"),
        ),
        Index(
            "ix_items_unpublish_at",
            "unpublish_at",
            sqlite_where=text("unpublish_at IS NOT NULL"),
            postgresql_where=text("unpublish_at IS NOT NULL"),
        ),
        Index(None, "type", "updated_at", "id"),
        Index(None, "type", "agency", "updated_at", "id"),
        Index(None, "type", "state", "updated_at", "id"),
    )


class Revision(Model):
    """The full content of one edition, as it was saved. A discarded one stays in the history, marked.

    Only an autosave may be written again, by its author within the sitting (`cms.editorial.history.autosaves`): `saved_at` is when
    that last happened, `saved_version` the version of the item after its last save. `changed_fields` are the names of what
    this save changed, null for editions of before they were noted; `restored_from` is the edition whose content this is.
    """

    __tablename__ = "revisions"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    body_html: Mapped[str] = mapped_column(Text)
    body_text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    discarded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_autosave: Mapped[bool] = mapped_column(default=False, server_default=false())
    restored_from: Mapped[int | None]
    changed_fields: Mapped[list[str] | None] = mapped_column(Json)
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    saved_version: Mapped[int | None]


class ReviewComment(Model):
    """What a colleague said about one edition, at a field (`pointer`) or about the whole; resolved when it is settled."""

    __tablename__ = "review_comments"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"))
    edition: Mapped[int]
    pointer: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by_id: Mapped[str | None] = mapped_column(Id)
    resolved_by_label: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "item_id", "created_at", "id"),)


class ItemSlug(Model):
    """Which item a slug belongs to. A slug that was ever published is never given to another item.

    The reference to the item is checked at commit: the slug is claimed before the item is written with it.
    """

    __tablename__ = "item_slugs"

    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    item_id: Mapped[str] = mapped_column(
        Id, ForeignKey("items.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"), index=True
    )


class EditLease(Model):
    """Who is editing an item, as a courtesy to colleagues: it decides nothing, If-Match does. Counts until `until`."""

    __tablename__ = "edit_leases"

    item_id: Mapped[str] = mapped_column(Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(Id)
    holder_label: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class Preview(Model):
    """A link that shows an unpublished item to whoever has it: edition null follows the draft.

    The address is signed and not kept. `token_version` is the creator's when the link was made: what ends the creator's
    access tokens ends the link. `most_uses` null means any number.
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
