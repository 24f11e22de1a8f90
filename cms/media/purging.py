"""Purging deleted images: for three days a rollback can bring them back, then nothing of them stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from cms.core import clock
from cms.core.db import rolled_back, session, unit_of_work
from cms.core.dead_letters import all_or_each, not_resting
from cms.media.models import Image

KEPT_DELETED: Final = timedelta(hours=72)
"""Long enough to notice what a hijacked account has deleted, and no longer: a person may have asked for the picture to go."""
BATCH: Final = 500
QUEUE: Final = "deleted_images"


def purge_deleted_images() -> int:
    """Remove images that were deleted more than 72 hours ago, with all that was said about them; returns how many.

    Called hourly by the worker; their bytes are swept as what no row names. It records no change: the deletion is in the log.
    """
    long_ago = clock.now() - KEPT_DELETED
    old = select(Image.id).where(Image.deleted_at <= long_ago, not_resting(QUEUE, Image.id))
    with rolled_back():
        ids = session.scalars(old.order_by(Image.id).limit(BATCH)).all()
    purged: list[str] = []

    def purge(some: Iterable[str]) -> None:
        with unit_of_work() as unit:
            # One that was brought back meanwhile stays.
            gone = delete(Image).where(Image.id.in_(some), Image.deleted_at <= long_ago).returning(Image.id)
            purged.extend(unit.session.scalars(gone.execution_options(synchronize_session=False)).all())

    all_or_each(QUEUE, ids, purge)
    return len(purged)
