"""The ring of keys that sign and seal: one now, and earlier ones until what they signed has expired.

Every key is derived from SECRET_KEY and a random value in the database: an attacker needs both, and all nodes on one database
have the same ring. The first key is derived from SECRET_KEY alone; a command adds the others. Signed data names its key by id
(`kid`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Boolean, String, select
from sqlalchemy.orm import Mapped, mapped_column

from cms.core import clock
from cms.core.db import Model
from cms.core.reading import Reader
from cms.core.secrets import derived_secret
from cms.core.types import EpochMicros

ID_LENGTH: Final = 12
MOST_LOOKS: Final = 20
"""Bound on reads per second for unknown ids, which any client can invent."""
CLOCK_MARGIN: Final = timedelta(minutes=1)
"""How far the clocks of two nodes may differ."""


class SigningKeyRow(Model):
    """A key of the ring after the first one. With `ends_older` nothing that an earlier key signed is accepted any more."""

    __tablename__ = "signing_keys"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(EpochMicros)
    ends_older: Mapped[bool] = mapped_column(Boolean)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key; `replaced_at` is when the next one took its place."""

    id: str
    root: str
    salt: str
    made_at: datetime
    replaced_at: datetime | None

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return derived_secret(self.root, f"{purpose}/{self.salt}" if self.salt else purpose)

    def is_in_force(self, life: timedelta) -> bool:
        """True while something that this key signed, with this lifetime, may still be valid."""
        return self.replaced_at is None or clock.now() < self.replaced_at + life + CLOCK_MARGIN


def key_id(salt: str) -> str:
    """The public name of a key."""
    return hashlib.sha256(f"simpul/signing-key/{salt}".encode()).hexdigest()[:ID_LENGTH]


class SigningKeys:
    """The ring as this process knows it. One per process; safe to share between threads.

    The ring is read when an unknown key is needed, whenever something long-lived is signed or opened, and when it has changed:
    the position of the log's `access` topic and the version read with each request of a person show that.
    """

    def __init__(self, root: str, reader: Reader) -> None:
        self._root, self._reader = root, reader
        self._sql = reader.compile(
            select(SigningKeyRow.salt, SigningKeyRow.made_at, SigningKeyRow.ends_older).order_by(
                SigningKeyRow.made_at, SigningKeyRow.id
            )
        )
        self._ring: Sequence[SigningKey] | None = None
        self._ever: Sequence[SigningKey] = ()
        self._position = -1
        self._looks = (0, 0)

    def current(self) -> SigningKey:
        """The key that signs now, as far as this process knows."""
        return self._known()[-1]

    def read(self) -> SigningKey:
        """Read the ring; returns the key that signs now."""
        rows = [
            (str(salt), clock.from_micros(made_at), ends) for salt, made_at, ends in self._reader.rows(self._sql, {})
        ]
        begins = [("", clock.EPOCH, False), *rows]
        ends_at = [made_at for _salt, made_at, _ends in rows]
        ring = [
            SigningKey(key_id(salt), self._root, salt, made_at, replaced_at)
            for (salt, made_at, _ends), replaced_at in zip(begins, [*ends_at, None], strict=True)
        ]
        first = max((number for number, (_salt, _made_at, ends) in enumerate(begins) if ends), default=0)
        self._ever, self._ring = ring, ring[first:]
        return ring[-1]

    def find(self, beginning: str, life: timedelta) -> SigningKey | None:
        """The key whose id begins like this, while data of this lifetime may be valid; an unknown id reads the ring again."""
        found = self._found(beginning)
        if found is None and self._may_look_again():
            self.read()
            found = self._found(beginning)
        return found if found is not None and found.is_in_force(life) else None

    def _found(self, beginning: str) -> SigningKey | None:
        return next((key for key in reversed(self._known()) if key.id.startswith(beginning)), None)

    def _may_look_again(self) -> bool:
        """False when unknown ids have caused enough reads within this second."""
        second, looks = self._looks
        now = int(clock.monotonic())
        self._looks = (now, looks + 1 if second == now else 1)
        return second != now or looks < MOST_LOOKS

    def ever(self, whole_id: str) -> SigningKey | None:
        """The key with this id, also one that is accepted for nothing any more: for what was encrypted under it."""
        if self._ring is None or all(key.id != whole_id for key in self._ever):
            self.read()
        return next((key for key in self._ever if key.id == whole_id), None)

    def all(self) -> Sequence[SigningKey]:
        """Every key that is accepted for something, oldest first, read now."""
        self.read()
        return self._known()

    def version(self) -> int:
        """Changes with the ring: when the newest key was made, in microseconds since 1970."""
        return clock.micros(self.current().made_at)

    def as_of(self, access_position: int) -> None:
        """Read the ring when the log's `access` topic has moved."""
        if access_position != self._position:
            self.read()
            self._position = access_position

    def forget(self) -> None:
        """Read the ring again at the next use."""
        self._ring, self._position = None, -1

    def _known(self) -> Sequence[SigningKey]:
        ring = self._ring
        if ring is None:
            self.read()
            ring = self._ring
        return ring or ()
