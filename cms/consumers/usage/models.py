"""Tables of what consumers ask for. No foreign keys: figures outlive what they describe, and are written by what keeps them only briefly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime


class ConsumerUsage(Model):
    """The requests of a consumer in an hour. `took` are numbers of answers by how long they took (`cms.core.traffic.BOUNDS`)."""

    __tablename__ = "consumer_usage"

    consumer_id: Mapped[str] = mapped_column(Id, primary_key=True)
    hour: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    not_modified: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    took: Mapped[list[int]] = mapped_column(Json)

    __table_args__ = (Index("ix_consumer_usage_hour", "hour"),)


class ConsumerCopy(Model):
    """A copy that a consumer keeps by `/v1/sync`, and how far it is: it has been given all up to the line `reached` of the log.

    Copies with the same types and filters are one, `name` is a digest of both.
    """

    __tablename__ = "consumer_copies"

    consumer_id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    types: Mapped[list[str]] = mapped_column(Json)
    filters: Mapped[dict[str, list[str]]] = mapped_column(Json)
    epoch: Mapped[str] = mapped_column(String(16))
    reached: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
