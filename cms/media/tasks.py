"""The worker's tasks for images: making renditions and purging deleted images.

Until the renditions have their rows, their addresses answer with the whole image, so no one waits for the worker. A rollback
can restore a deleted image for three days; then it is removed entirely.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.dead_letters.queries import not_resting
from cms.core.dead_letters.tasks import all_or_each, putting_aside
from cms.core.logging import get_logger
from cms.media.imaging import ImageRefused
from cms.media.models import Image
from cms.media.renditions import made_renditions
from cms.media.services import keep_renditions, purge_images

log = get_logger(__name__)

KEPT_DELETED: Final = timedelta(hours=72)
"""Long enough to notice the deletions of a hijacked account, but no longer: a person may have asked to remove the picture."""
BATCH: Final = 500
RENDITIONS: Final = "renditions"
DELETED: Final = "deleted_images"


def make_renditions() -> bool:
    """Make the renditions of the image that has waited longest; True when more may be waiting.

    A task of the worker. If it runs twice at once, both make the same files. Raises `Unavailable`.
    """
    with rolled_back():
        waits = (Image.waiting_since.is_not(None), not_resting(RENDITIONS, Image.id))
        image = session.scalar(select(Image).where(*waits).order_by(Image.waiting_since, Image.id).limit(1))
        if image is None:
            return False
        session.expunge(image)
    with putting_aside(RENDITIONS, image.id):
        try:
            made = made_renditions(image)
        except ImageRefused as refusal:
            # The image was decoded once before, so the cause is this server; readers get the whole image.
            log.exception("renditions_failed", image_id=image.id, reason=str(refusal))
            made = []
        keep_renditions(image, made)
    return True


def purge_deleted_images() -> int:
    """Remove images that were deleted more than 72 hours ago, with all their versions; returns how many.

    The worker calls it hourly. The sweep removes their bytes later, as no row names them.
    """
    long_ago = clock.now() - KEPT_DELETED
    old = select(Image.id).where(Image.deleted_at <= long_ago, not_resting(DELETED, Image.id))
    with rolled_back():
        ids = session.scalars(old.order_by(Image.id).limit(BATCH)).all()
    purged: list[str] = []

    def purge(some: Iterable[str]) -> None:
        purged.extend(purge_images(some, long_ago))

    all_or_each(DELETED, ids, purge)
    return len(purged)
