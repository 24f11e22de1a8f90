"""Endpoints of consumers, and what each of them has to be told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime


class WebhookState(StrEnum):
    """Whether an endpoint is told of changes."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    """Switched off by the server: see `DisabledBecause`."""


class DisabledBecause(StrEnum):
    """Why the server switched an endpoint off."""

    GONE = "gone"
    FAILING = "failing"


class DeliveryState(StrEnum):
    """Whether a message has arrived."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up: every try failed, or the endpoint was switched off."""


class Webhook(Model):
    """An endpoint of a consumer.

    `types`, `agencies` and `actions` narrow what it is told of; null means all. `secret` and `previous_secret` are sealed
    (cms.core.sealed_secrets). `failures` counts failures in a row, since `failing_since`, tries at the same time as one; until `rests_until` it is not tried,
    whatever waits for it.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    consumer_id: Mapped[str] = mapped_column(Id, ForeignKey("consumers.id"), index=True)
    url: Mapped[str] = mapped_column(String(2_048))
    label: Mapped[str] = mapped_column(String(120))
    types: Mapped[list[str] | None] = mapped_column(Json)
    agencies: Mapped[list[str] | None] = mapped_column(Json)
    actions: Mapped[list[str] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), index=True)
    disabled_because: Mapped[str | None] = mapped_column(String(10))
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_success_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WebhookDelivery(Model):
    """One message to one endpoint; `sequence` is the line of the log, null for a ping.

    `message_id` is what the endpoint sees as `webhook-id`: the same at every try, and when the message is replayed. `lease` is
    the fencing token of the sender that tries now: without it nobody may write the result. `failures` counts since the message was
    last queued; `tries` are the last tries, oldest first.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    webhook_id: Mapped[str] = mapped_column(Id, ForeignKey("webhooks.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease: Mapped[str | None] = mapped_column(Id)
    failures: Mapped[int] = mapped_column(default=0)
    tries: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("message_id", "webhook_id"),
        Index(
            "ix_webhook_deliveries_waiting",
            "webhook_id",
            "next_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index(None, "webhook_id", "id"),
        Index(None, "created_at"),
    )
