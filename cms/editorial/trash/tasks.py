"""The worker's task for the trash: emptying it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from cms.core.db import rolled_back, session
from cms.core.dead_letters.tasks import all_or_each
from cms.editorial.items.models import Item
from cms.editorial.trash.queries import QUEUE, is_old_trash
from cms.editorial.trash.services import purge_trash

BATCH: Final = 100


def purge_old_trash() -> int:
    """Purge what has been in the trash for 30 days and was never published, at most `BATCH` items; returns how many.

    A task of the worker: running it twice at once is harmless, as each item is locked and checked again.
    """
    with rolled_back():
        ids = session.scalars(select(Item.id).where(*is_old_trash()).order_by(Item.id).limit(BATCH)).all()
    all_or_each(QUEUE, ids, purge_trash)
    return len(ids)


def empty_trash() -> bool:
    """The worker's task: makes a small read before it locks anything. True when there may be more to purge."""
    if session.scalar(select(Item.id).where(*is_old_trash()).limit(1)) is None:
        return False
    return purge_old_trash() == BATCH
