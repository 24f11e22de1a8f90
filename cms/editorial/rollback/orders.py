"""The order of a rollback, and its reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cms.core import clock

MOST_ITEMS_ALONE: Final = 300
LONGEST_ALONE: Final = timedelta(days=30)
"""A rollback of more items, or from longer ago, needs a second person."""


@dataclass(frozen=True, slots=True)
class Order:
    """The changes to undo: of this person, since this moment, in one agency or in all."""

    target_id: str
    since: datetime
    agency: str | None
    reason: str


def reaches_far(items: int, since: datetime) -> bool:
    """True for an order that one person alone must not carry out: undoing the honest work of years is an attack too."""
    return items > MOST_ITEMS_ALONE or since < clock.now() - LONGEST_ALONE
