"""Finds the holder of a delivery key on every delivery request, from memory while the access rules do not change.

Entries are kept for one position of the log's `access` topic. The caller reads that position anyway with the heads
of the log; a key that is revoked, or a consumer that is switched off, moves it, so it counts on the next request of
every process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from cachetools import LRUCache
from sqlalchemy import bindparam, select

from cms.consumers.keys import checksum_holds, digest
from cms.consumers.models import Consumer, DeliveryKey
from cms.core import clock
from cms.core.errors import Unauthenticated
from cms.core.raw_columns import json_value, moment_value
from cms.core.reading import Reader, Row

MOST_KNOWN = 10_000
MOST_UNKNOWN = 10_000
MINUTE: Final = 60_000_000

_HOLDER: Final = (
    select(
        Consumer.id,
        DeliveryKey.id,
        Consumer.name,
        Consumer.kind,
        DeliveryKey.scopes,
        DeliveryKey.agencies,
        Consumer.origins,
        DeliveryKey.expires_at,
        Consumer.requests_per_minute,
    )
    .join_from(DeliveryKey, Consumer, Consumer.id == DeliveryKey.consumer_id)
    .where(DeliveryKey.digest == bindparam("digest"), DeliveryKey.revoked_at.is_(None), Consumer.is_active)
)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A consumer as seen through one of its keys. `agencies` None means all; `origins` may call from a browser (CORS)."""

    consumer_id: str
    key_id: str
    name: str
    kind: str
    scopes: frozenset[str]
    agencies: frozenset[str] | None
    origins: frozenset[str]
    expires_at: int
    """Microseconds since 1970."""
    per_minute: int | None = None
    """Requests in a minute; None is what its kind has, 0 no limit."""


@dataclass(slots=True)
class _Memory:
    """The entries for one position of the log.

    A new position gets a new memory, so that a slow reader cannot write old data into it.
    """

    sequence: int
    holders: LRUCache[str, KeyHolder] = field(default_factory=lambda: LRUCache(MOST_KNOWN))
    unknown: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(MOST_UNKNOWN))
    lock: Lock = field(default_factory=Lock)


class KeyCache:
    """Finds the holder of a key, and notes when keys are used. One per process; safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._sql = reader.compile(_HOLDER)
        self._memory = _Memory(-1)
        # By key: the minute of its last use, since 1970.
        self._uses: dict[str, int] = {}

    def holder(self, token: str, access_sequence: int, present: int) -> KeyHolder:
        """The holder of a key as of this position of the log's `access` topic; `present` in microseconds since 1970.

        Raises `Unauthenticated("invalid_token")` for a key that is mistyped, unknown, revoked, expired or whose consumer is
        switched off. A wrong checksum costs no SQL, anything else at most one SELECT per position.
        """
        memory = self._memory
        if access_sequence > memory.sequence:
            memory = self._memory = _Memory(access_sequence)
        name = digest(token)
        with memory.lock:
            holder = memory.holders.get(name)
        if holder is None:
            holder = self._looked_up(memory, token, name)
        if holder.expires_at <= present:
            raise Unauthenticated("invalid_token")
        return holder

    def _looked_up(self, memory: _Memory, token: str, name: str) -> KeyHolder:
        if name in memory.unknown or not checksum_holds(token):
            raise Unauthenticated("invalid_token")
        rows = self._reader.rows(self._sql, {"digest": name})
        with memory.lock:
            if not rows:
                memory.unknown[name] = True
                raise Unauthenticated("invalid_token")
            holder = memory.holders[name] = _key_holder(rows[0])
        return holder

    def forget(self) -> None:
        """Empty the memory; noted uses that are not written yet are kept."""
        self._memory = _Memory(-1)

    def note_use(self, key_id: str, present: int) -> None:
        """Remember that a key was used in this minute (`present` in microseconds since 1970); costs no write."""
        self._uses[key_id] = present // MINUTE

    def noted_uses(self) -> dict[str, datetime]:
        """The keys that were used and when, if not written yet."""
        return {key_id: clock.from_micros(minute * MINUTE) for key_id, minute in self._uses.copy().items()}

    def forget_uses(self, written: Mapping[str, datetime]) -> None:
        """Forget the uses that were written; a key that was used again since stays noted."""
        for key_id, used_at in written.items():
            if self._uses.get(key_id) == clock.micros(used_at) // MINUTE:
                self._uses.pop(key_id, None)


def _key_holder(row: Row) -> KeyHolder:
    consumer_id, key_id, name, kind, scopes, agencies, origins, expires_at, per_minute = row
    agencies, expires_at = json_value(agencies), clock.micros(moment_value(expires_at))
    return KeyHolder(
        consumer_id,
        key_id,
        name,
        kind,
        frozenset(json_value(scopes)),
        None if agencies is None else frozenset(agencies),
        frozenset(json_value(origins)),
        expires_at,
        per_minute,
    )
