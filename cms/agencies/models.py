"""Agencies and areas. A slug or code is the identity and never changes or is reused, so content keeps the agency of its time."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime

SLUG_LENGTH = 63


class AgencyKind(StrEnum):
    """Kinds of regional government bodies; `kota` is the city itself, `bumd` and `instansi_lain` are sources of information beside the OPD."""

    KOTA = "kota"
    SEKRETARIAT = "sekretariat"
    DINAS = "dinas"
    INSPEKTORAT = "inspektorat"
    BADAN = "badan"
    SATUAN = "satuan"
    RS = "rs"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    BUMD = "bumd"
    INSTANSI_LAIN = "instansi_lain"


class AreaLevel(StrEnum):
    """Administrative levels of the Kemendagri codes."""

    PROVINSI = "provinsi"
    KOTA = "kota"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"


class Reviewer(StrEnum):
    """Who approves what an agency publishes: its own editors, or the city's central editors (Diskominfo)."""

    AGENCY = "agency"
    CENTRAL = "central"


class Agency(Model):
    """An organisation that owns content. Renamed by a new name, merged by an end date and a successor; never deleted.

    With `four_eyes` a person who wrote none of a text must approve it before it is published. `proposed_site_url` is a site on an
    unknown domain that waits for a second person. `address_templates` are those of its site, by content type
    (`cms.agencies.address_templates`).
    """

    __tablename__ = "agencies"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    abbreviations: Mapped[list[str]] = mapped_column(Json, default=list)
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    parent: Mapped[str | None] = mapped_column(String(SLUG_LENGTH), ForeignKey("agencies.slug"))
    contact: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    site_url: Mapped[str | None] = mapped_column(String(300))
    address_templates: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    description: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    successor: Mapped[str | None] = mapped_column(String(SLUG_LENGTH), ForeignKey("agencies.slug"))
    review: Mapped[str] = mapped_column(String(10), default=Reviewer.AGENCY.value, server_default=Reviewer.AGENCY.value)
    four_eyes: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    proposed_site_url: Mapped[str | None] = mapped_column(String(300))
    proposed_by_id: Mapped[str | None] = mapped_column(Id)
    proposed_by_label: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index(None, "successor"), Index(None, "parent"))


class Area(Model):
    """An administrative area with its Kemendagri code, such as `64.71.06.1005`."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(20))
    parent_code: Mapped[str | None] = mapped_column(String(13), ForeignKey("areas.code"))
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)

    __table_args__ = (Index(None, "parent_code"),)
