"""The answers that are kept for requests that may be repeated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, UTCDateTime


class KeptAnswer(Model):
    """The answer to a request under an `Idempotency-Key`, written in the transaction of the request.

    Neither the key nor the answer can be read from the row: the key is a digest, and the answer is sealed with it. No foreign key
    to people: a row may outlive its person, and is removed after a day. `rights` is a digest of the roles that the request was made
    with; a row without it (made by a server of before) is never given again.
    """

    __tablename__ = "kept_answers"

    principal_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    rights: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
