"""What an order to undo says, and how far it reaches."""

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
    """What is to be undone: the work of this person since then, in one agency or in all."""

    target_id: str
    since: datetime
    agency: str | None
    reason: str


def reaches_far(items: int, since: datetime) -> bool:
    """True for an order that one person alone must not carry out: undoing the honest work of years is an attack too."""
    return items > MOST_ITEMS_ALONE or since < clock.now() - LONGEST_ALONE
