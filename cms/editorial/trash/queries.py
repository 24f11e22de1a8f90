"""Finds items that have been in the trash for long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement

from cms.core import clock
from cms.core.dead_letters.queries import not_resting
from cms.editorial.items.models import Item, State

KEPT_IN_TRASH: Final = timedelta(days=30)
QUEUE: Final = "trash"


def is_old_trash() -> tuple[ColumnElement[bool], ...]:
    """The items that are due for purging, as SQL."""
    long_ago = clock.now() - KEPT_IN_TRASH
    is_old = (Item.state == State.TRASHED.value, Item.published_at.is_(None), Item.trashed_at <= long_ago)
    return (*is_old, not_resting(QUEUE, Item.id))
