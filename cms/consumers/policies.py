"""Rules about delivery keys: how long they live and in which state they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from cms.consumers.models import DeliveryKey

USUAL_LIFE = timedelta(days=365)
LONGEST_LIFE = timedelta(days=397)
"""A year, plus a month in which the old and the new key both work (R-A8)."""
USUAL_OVERLAP_DAYS = 7
LONGEST_OVERLAP_DAYS = 30

MOST_PER_MINUTE = 1_000_000
"""The largest limit that a consumer may be given: more than one server answers."""


class KeyState(StrEnum):
    """Whether a key works. A key of a consumer that is switched off is `active` but does not work."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def key_state(key: DeliveryKey, now: datetime) -> KeyState:
    """The state of a key at a moment."""
    if key.revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.EXPIRED if key.expires_at <= now else KeyState.ACTIVE
