"""Messages to people, what each person wants to be told, and the mails on their way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime

SUMMARY = "summary"
"""The kind of a mail that holds the messages of a day."""
_UNREAD = text("read_at IS NULL")


class Notification(Model):
    """One message to one person; `sequence` is the line of the log, null when no line tells of it.

    `key` names what happened: nobody is told of it twice. `facts` are names and moments that the sentence needs, never content; titles
    are read when the message is shown. `is_listed` is false when the person wants it by mail alone. `mail_id` is the mail that holds it.
    """

    __tablename__ = "notifications"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(120))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    resource_type: Mapped[str] = mapped_column(String(30))
    resource_id: Mapped[str] = mapped_column(String(63))
    agency: Mapped[str | None] = mapped_column(String(63))
    actor_id: Mapped[str | None] = mapped_column(Id)
    actor_label: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    is_listed: Mapped[bool] = mapped_column(Boolean)
    awaits_summary: Mapped[bool] = mapped_column(Boolean)
    mail_id: Mapped[str | None] = mapped_column(Id, ForeignKey("mails.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("key", "user_id"),
        Index(None, "user_id", "id"),
        Index("ix_notifications_unread", "user_id", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index(
            "ix_notifications_awaits_summary",
            "user_id",
            "created_at",
            sqlite_where=text("awaits_summary = 1"),
            postgresql_where=text("awaits_summary"),
        ),
        Index(None, "mail_id"),
        Index(None, "created_at"),
    )


class NotificationSettings(Model):
    """What a person wants to be told, and by which way; without a row everything is as usual.

    `choices` holds what differs from the usual: `{kind: {"here": bool, "mail": way}}`. `refusals` counts how often in a row the mail
    server refused `refused_address` for good; since `stopped_at` that address gets no mail, because of `stopped_because`.
    """

    __tablename__ = "notification_settings"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    choices: Mapped[dict[str, dict[str, Any]]] = mapped_column(Json, default=dict)
    refusals: Mapped[int] = mapped_column(default=0)
    refused_address: Mapped[str | None] = mapped_column(String(254))
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_because: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MailState(StrEnum):
    """What has become of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    """There was nothing to say any more: everything was read, done, or out of the person's sight."""
    REFUSED = "refused"
    """The mail server does not take it for this address."""
    FAILED = "failed"
    """Given up after days."""


class Mail(Model):
    """A mail to one person. It has no text: that is written when it is sent, of what the person may see then.

    `kind` is that of its messages, or `SUMMARY`. `lease` is the fencing token of the sender that tries now. `tries` counts
    tries of this mail, not those of a server that could not be reached.
    """

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(63))
    state: Mapped[str] = mapped_column(String(10))
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease: Mapped[str | None] = mapped_column(Id)
    tries: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("key", "user_id"),
        Index(None, "user_id", "state"),
        Index(None, "state", "next_at"),
        Index(None, "finished_at"),
    )
