"""Undoes a person's changes of an image since a moment, inside a unit of work.

It decides from the image as it is now, as `revert` does: a colleague's later words stay, and running it again changes
nothing. An image that the person uploaded stays in the library, where only editors who search for it find it.
"""

from __future__ import annotations

from sqlalchemy import func, select

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.editorial.images.words import change_image, drop_proposal
from cms.editorial.rollback.revert import WorkUndone
from cms.media.history import KEPT_FIELDS, find_newest_version, find_version_by_others
from cms.media.models import Image


def undo_image_work(unit: UnitOfWork, actor: Actor, image: Image, target: WorkUndone) -> str:
    """Undo the target's work on a locked image, deleted or not; returns `reverted` or `unchanged`."""
    done = [
        _bring_back(unit, actor, image, target),
        image.proposed_by_id == target.actor_id and drop_proposal(unit, actor, image),
        _say_again(unit, actor, image, target),
    ]
    return "reverted" if any(done) else "unchanged"


def _bring_back(unit: UnitOfWork, actor: Actor, image: Image, target: WorkUndone) -> bool:
    if image.deleted_at is None:
        return False
    deleted = (Change.resource_id == image.id, Change.action == Action.MEDIA_DELETED)
    last = select(func.max(Change.sequence)).where(*deleted).scalar_subquery()
    line = unit.session.scalar(select(Change).where(Change.sequence == last))
    if line is None or not target.did(line):
        return False
    image.deleted_at = None
    image.version += 1
    # Renditions may have been waiting when it was deleted.
    image.updated_at = image.waiting_since = clock.now()
    record(unit, Action.MEDIA_RESTORED, image.id, actor, agency=image.agency)
    return True


def _say_again(unit: UnitOfWork, actor: Actor, image: Image, target: WorkUndone) -> bool:
    newest = find_newest_version(image.id)
    if newest is None or newest.author_id != target.actor_id or newest.saved_at < target.since:
        return False
    good = find_version_by_others(image.id, target.actor_id, target.since)
    if good is None:
        return False
    return bool(change_image(unit, actor, image, {name: getattr(good, name) for name in KEPT_FIELDS}))
