"""Offices: the places where an agency receives people. Documents may belong to one, such as its evacuation procedure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime

LONGEST_NAME = 200


class Office(Model):
    """A place of an agency with its address, area, hours and contact. It is closed, never deleted: documents may belong to it."""

    __tablename__ = "offices"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    address: Mapped[str | None] = mapped_column(Text)
    area: Mapped[str | None] = mapped_column(String(13), ForeignKey("areas.code"), index=True)
    hours: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    is_closed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
