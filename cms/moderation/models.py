"""Tables of moderation: the link lists, freezes and trips of the circuit breakers.

Freezes are set and lifted in `cms.editorial.freezes`; their table is here because the breaker checks it before each publication.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime

WHOLE_CITY = "city"
"""The scope of a freeze that holds for every agency."""
OF_PERSON = "person:"
"""The prefix of the scope of a person's freeze; no slug of an agency has a colon."""


def person_scope(user_id: str) -> str:
    """The scope of a freeze of this person."""
    return OF_PERSON + user_id


class LinkVerdict(StrEnum):
    """What the lists say of a domain. One without an entry is unknown: links to it wait for a second person."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"


class BreakerKind(StrEnum):
    """What a breaker counts: publications by a person or in an agency, or items that a person takes back."""

    PERSON = "person"
    AGENCY = "agency"
    REMOVAL = "removal"


class LinkDomain(Model):
    """A domain and everything below it: links there are fine, or refused. Of two entries the longer one decides."""

    __tablename__ = "link_domains"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
    changed_by_id: Mapped[str | None] = mapped_column(Id)
    changed_by_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PublishingFreeze(Model):
    """Nothing is published, unpublished or scheduled in an agency, or in the whole city (scope `city`), until it is lifted.

    With the scope `person:<id>` that person changes nothing at all; `person_label` is the person's name then.
    """

    __tablename__ = "publishing_freezes"

    scope: Mapped[str] = mapped_column(String(63), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    person_label: Mapped[str | None] = mapped_column(String(200))
    frozen_by_id: Mapped[str | None] = mapped_column(Id)
    frozen_by_label: Mapped[str] = mapped_column(String(200))
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BreakerTrip(Model):
    """A person or an agency published or took back more than is usual, and is paused until `until` or until someone else resets it.

    `subject` is the id of a person or the slug of an agency; `published` counts the changes that led to it, `made_up_by` are
    the ids of those who made them. `reset_reason` is given on the command line.
    """

    __tablename__ = "breaker_trips"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(63))
    label: Mapped[str] = mapped_column(String(200))
    published: Mapped[int]
    tripped_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    reset_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reset_by_id: Mapped[str | None] = mapped_column(Id)
    reset_by_label: Mapped[str | None] = mapped_column(String(200))
    reset_reason: Mapped[str | None] = mapped_column(Text)
    made_up_by: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")

    __table_args__ = (Index(None, "subject", "until"),)
