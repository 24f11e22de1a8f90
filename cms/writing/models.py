"""The answers that are kept for requests that may be repeated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime


class KeptAnswer(Model):
    """What a person got for a request under an `Idempotency-Key`, written in the transaction of what the request did.

    Neither the key nor the answer can be read from the row: the key is a digest, and the answer is sealed with it. No foreign
    key to people: nothing is lost when a row outlives who made it, and it is gone after a day.
    """

    __tablename__ = "kept_answers"

    principal_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
