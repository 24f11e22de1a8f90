"""Changes and proposes the words of an image, inside a unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.editorial.images.uses import TEXT_FIELDS
from cms.media.history import keep_first_version, keep_version
from cms.media.models import Image
from cms.media.presenter import wire_names

FOCAL_FIELDS: Final = frozenset({"focal_x", "focal_y"})
WORDS: Final = (*TEXT_FIELDS, "is_decorative")


def change_image(unit: UnitOfWork, actor: Actor, image: Image, changes: Mapping[str, Any]) -> list[str]:
    """Change a locked image, store its new version, and record it; returns the names of the changed fields."""
    if any(getattr(image, name) != value for name, value in changes.items()):
        keep_first_version(unit, image)
    changed = assign_changed(image, changes)
    if changed:
        touch(image)
        if FOCAL_FIELDS.intersection(changed):
            image.waiting_since = image.updated_at
        keep_version(unit, image, actor)
        record(unit, Action.MEDIA_UPDATED, image.id, actor, agency=image.agency, fields=wire_names(changed))
    return changed


def drop_proposal(unit: UnitOfWork, actor: Actor, image: Image, *, is_told: bool = True) -> bool:
    """Drop the words that wait for a second person; `is_told` records it. False when there are none."""
    if image.proposed is None:
        return False
    names = sorted(image.proposed)
    image.proposed = image.proposed_by_id = image.proposed_by_label = image.proposed_at = None
    if is_told:
        touch(image)
        record(unit, Action.MEDIA_PROPOSAL_DROPPED, image.id, actor, agency=image.agency, fields=wire_names(names))
    return True


def touch(image: Image) -> None:
    """Count up the version of the image."""
    image.version += 1
    image.updated_at = clock.now()


def propose(unit: UnitOfWork, actor: Actor, image: Image, words: dict[str, Any]) -> None:
    """Store these words until another person sends the same; proposing them again changes nothing."""
    if image.proposed == words and image.proposed_by_id == actor.id:
        return
    touch(image)
    image.proposed, image.proposed_at = words, image.updated_at
    image.proposed_by_id, image.proposed_by_label = actor.id, actor.label
    record(unit, Action.MEDIA_PROPOSED, image.id, actor, agency=image.agency, fields=wire_names(words))
