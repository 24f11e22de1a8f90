"""People, memberships, sign-in sessions and refresh tokens. Secrets are stored as digests only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cms.core.db import Model
from cms.core.types import EpochMicros, Id, RowNumber, UTCDateTime


class UserState(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class User(Model):
    """A person. `email` is normalised (NFKC, case-folded) and unique; `token_version` ends all access tokens when it grows.

    `frozen` is the reason of a freeze (`cms.editorial.freezes`): until it is lifted, the person may change nothing. While
    `password_change_needed`, another person has seen the password, and the person can only change it.
    """

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20), default=UserState.ACTIVE.value)
    token_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    password_changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    frozen: Mapped[str | None] = mapped_column(Text)
    password_change_needed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    memberships: Mapped[list[Membership]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Membership.id", back_populates="user"
    )


class Membership(Model):
    """A role of a person, in an agency or (agency null) in the whole city."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(String(63), ForeignKey("agencies.slug"))

    user: Mapped[User] = relationship(lazy="raise_on_sql", back_populates="memberships")

    __table_args__ = (
        Index("uq_memberships_user_id_role_agency", "user_id", "role", "agency", unique=True),
        Index(None, "agency"),
    )


class SignInSession(Model):
    """One sign-in: the family of its refresh tokens. An access token names it; when it is revoked, both stop working.

    `device` and `address` are those of the sign-in, then of its newest refresh.
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(EpochMicros)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(String(40))
    device: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(45))


class RefreshToken(Model):
    """One opaque refresh token of a session, known by its SHA-256; used once, or several times by browser tabs within a short
    grace (R-A2).

    `used_at` is its first use.
    """

    __tablename__ = "refresh_tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("sign_in_sessions.id", ondelete="CASCADE"), index=True)
    parent_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInBucket(Model):
    """Failed attempts of one source (an address, an account, a trusted device), known by a keyed hash (R-A6)."""

    __tablename__ = "sign_in_buckets"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
