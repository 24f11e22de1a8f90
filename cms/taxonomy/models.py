"""Categories and information kinds. Legal lists are data with validity, article and certainty, never code ."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import UTCDateTime


class InformationClass(StrEnum):
    """Classes of public information: UU 14/2008 articles 9 (berkala), 10 (serta merta), 11 (setiap saat), 17 (dikecualikan)."""

    BERKALA = "berkala"
    SERTA_MERTA = "serta_merta"
    SETIAP_SAAT = "setiap_saat"
    DIKECUALIKAN = "dikecualikan"


class Category(Model):
    """A subject under which content is filed.

    With `four_eyes` a person who wrote none of a text must approve it before it is published.
    """

    __tablename__ = "categories"

    slug: Mapped[str] = mapped_column(String(63), primary_key=True)
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    description: Mapped[str | None] = mapped_column(Text)
    is_retired: Mapped[bool] = mapped_column(Boolean, default=False)
    four_eyes: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class InformationKind(Model):
    """An entry of the legal lists (Perki 1/2021), with its article and how certain that article is."""

    __tablename__ = "information_kinds"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    information_class: Mapped[str] = mapped_column(String(20))
    name_id: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    parent: Mapped[str | None] = mapped_column(String(10), ForeignKey("information_kinds.code"), index=True)
    article: Mapped[str | None] = mapped_column(String(120))
    certainty: Mapped[str] = mapped_column(String(10))
    cadence_months: Mapped[int | None]
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
