"""Tables of the change log. No foreign keys to content: the lines outlive what they describe."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.changes.chain import GENESIS_HASH
from cms.changes.heads import columns_of
from cms.core.clock import EPOCH, NEVER, micros
from cms.core.db import Model
from cms.core.types import EpochMicros, Id, Json, UTCDateTime


class Change(Model):
    """One line of the log. `hash` covers the line and the hash of the line before it; `facts` are those of
    `cms.changes.facts`.

    `counts_as` is what the circuit breakers count the line as, null for most lines. It does not describe the change, so the hash
    does not cover it.
    """

    __tablename__ = "changes"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    action: Mapped[str] = mapped_column(String(40))
    resource_type: Mapped[str] = mapped_column(String(30))
    resource_id: Mapped[str] = mapped_column(String(63))
    edition: Mapped[int | None]
    agency: Mapped[str | None] = mapped_column(String(63))
    actor_id: Mapped[str | None] = mapped_column(Id)
    actor_label: Mapped[str] = mapped_column(String(200))
    request_id: Mapped[str | None] = mapped_column(String(64))
    is_public: Mapped[bool] = mapped_column(Boolean)
    fields: Mapped[list[str]] = mapped_column(Json)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    hash: Mapped[str] = mapped_column(String(64))
    counts_as: Mapped[str | None] = mapped_column(String(12))

    __table_args__ = (
        # Each filter of the trail is read along one of these, in the order of the numbers.
        Index("ix_changes_resource_id", "resource_id", "sequence"),
        Index("ix_changes_action", "action", "sequence"),
        Index("ix_changes_actor_id", "actor_id", "sequence"),
        Index("ix_changes_agency", "agency", "sequence"),
        Index("ix_changes_request_id", "request_id", "sequence"),
        # No BRIN indexes on PostgreSQL: they cover new pages only after a VACUUM.
        Index("ix_changes_recorded_at", "recorded_at"),
        # Each breaker counts along one of these indexes, which hold only the lines that count.
        Index(
            "ix_changes_counted_actor",
            "actor_id",
            "counts_as",
            "recorded_at",
            postgresql_where=text("counts_as IS NOT NULL"),
            sqlite_where=text("counts_as IS NOT NULL"),
        ),
        Index(
            "ix_changes_counted_agency",
            "agency",
            "counts_as",
            "recorded_at",
            postgresql_where=text("counts_as IS NOT NULL"),
            sqlite_where=text("counts_as IS NOT NULL"),
        ),
        Index("ix_changes_public", "sequence", postgresql_where=text("is_public"), sqlite_where=text("is_public")),
    )


class ChangeHead(Model):
    """The one row that numbers the log; readers also get the newest sequence and time of each topic from it in one small read.

    Each content type adds three columns (`add_topic`). `posts_due_at` is the earliest scheduled begin or end that the worker has
    not carried out yet; `NEVER` when nothing is scheduled. cms.publishing.next_due keeps it.
    `seen_at` is the newest known moment (cms.changes.trust). The times of topics never go back, even if the clock does: no live
    content is dated later than the time of its topic.
    """

    __tablename__ = "change_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(String(64), default=GENESIS_HASH)
    public: Mapped[int] = mapped_column(BigInteger, default=0)
    reference: Mapped[int] = mapped_column(BigInteger, default=0)
    access: Mapped[int] = mapped_column(BigInteger, default=0)
    reference_at: Mapped[datetime] = mapped_column(EpochMicros, default=EPOCH)
    access_at: Mapped[datetime] = mapped_column(EpochMicros, default=EPOCH)
    seen_at: Mapped[datetime] = mapped_column(EpochMicros, default=EPOCH, server_default="0")

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


def add_topic(topic: str) -> None:
    """Give the head row the columns of a content type's topic (`cms.changes.heads.columns_of`)."""
    position, moved_at, due_at = columns_of(topic)
    setattr(ChangeHead, position, mapped_column(BigInteger, nullable=False, server_default="0"))
    setattr(ChangeHead, moved_at, mapped_column(EpochMicros, nullable=False, server_default="0"))
    setattr(ChangeHead, due_at, mapped_column(EpochMicros, nullable=False, server_default=str(micros(NEVER))))


class Installation(Model):
    """The one row that names the epoch of this database.

    Positions, versions and tags are only valid within one epoch: a restored database gives the same numbers to other things.
    `why` is `init`, `restore` or `renewed`, with what the operator said.
    """

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16))
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(String(200))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class ReferenceVersion(Model):
    """The values of an agency, a category or an entry of the link lists at one moment; `values` null: it did not exist then."""

    __tablename__ = "reference_versions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(253))
    values: Mapped[dict[str, Any] | None] = mapped_column(Json)
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index(None, "kind", "key", "id"), Index(None, "kind", "author_id", "saved_at"))


class FollowerPosition(Model):
    """How far a follower of the log has come."""

    __tablename__ = "follower_positions"

    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    moved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CheckpointKey(Model):
    """A key that replaced another for signing checkpoints, with the line of the log that records it; signed by both."""

    __tablename__ = "checkpoint_keys"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(44))
    old_key_id: Mapped[str] = mapped_column(String(16))
    old_public_key: Mapped[str] = mapped_column(String(44))
    sequence: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    old_signature: Mapped[str] = mapped_column(String(128))
    new_signature: Mapped[str] = mapped_column(String(128))


class Checkpoint(Model):
    """A signed statement about the log at one moment; `count` is the number of lines up to `sequence`."""

    __tablename__ = "checkpoints"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), server_default="-")
    hash: Mapped[str] = mapped_column(String(64))
    count: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    public_key: Mapped[str] = mapped_column(String(44))
    signature: Mapped[str] = mapped_column(String(128))
