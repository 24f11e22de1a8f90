"""Consumers and their delivery keys. A key is shown once; only its SHA-256 is stored (190 random bits need no slow hash)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime


class ConsumerKind(StrEnum):
    """What pulls."""

    WEBSITE = "website"
    MOBILE = "mobile"
    BROWSER = "browser"
    SERVICE = "service"


class Scope(StrEnum):
    """What a key gives access to; both are public content, so a key protects no secrets (api.md)."""

    CONTENT_READ = "content:read"
    FILES_READ = "files:read"


class Consumer(Model):
    """A website or app that pulls, with the agency that owns it and a person to contact.

    `requests_per_minute` null means what the settings give to its kind, 0 no limit.
    """

    __tablename__ = "consumers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"), index=True)
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    origins: Mapped[list[str]] = mapped_column(Json, default=list)
    requests_per_minute: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    keys: Mapped[list[DeliveryKey]] = relationship(
        lazy="raise_on_sql", back_populates="consumer", order_by="DeliveryKey.id"
    )


class DeliveryKey(Model):
    """A key of a consumer. `agencies` null means all; `hint` is the end of the key, so that people can tell keys apart."""

    __tablename__ = "delivery_keys"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    consumer_id: Mapped[str] = mapped_column(Id, ForeignKey("consumers.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(6))
    label: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[str]] = mapped_column(Json)
    agencies: Mapped[list[str] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    consumer: Mapped[Consumer] = relationship(lazy="raise_on_sql", back_populates="keys")
