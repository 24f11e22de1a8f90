"""Changes the words of images and removes images, by the permissions of the items that show them.

The words of an image belong to no edition, and readers see them with every item that shows it. So changing them needs the
right to publish those items. If one of these items needs a second person, so do the words: a person proposes them, and they
take effect when another person sends the same change (decision 24).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.changes.actions import Action
from cms.changes.log import record
from cms.core.db import unit_of_work
from cms.core.permissions import Actor, Permission, authorize
from cms.core.prepared import foreseen
from cms.core.versions import Expected, check_version
from cms.editorial.images.checks import check_text, check_unused, check_words, gives_alt
from cms.editorial.images.places import authorize_places, need_second_person, places_of
from cms.editorial.images.words import WORDS, change_image, drop_proposal, propose, touch
from cms.media.models import Image
from cms.media.policies import target_of
from cms.media.queries import get_image


def update_image(actor: Actor, image_id: str, expected: Expected, changes: Mapping[str, Any]) -> Image:
    """Change the words or the focal point of an image; the worker then renders again the items that show it.

    For an image in a live or approved item, or in one in review, the actor must be able to publish that item now; alternative text that is
    missing may also be given in review, for nobody approves an item without it. Words that need a second person
    wait in `proposed` until that person sends the same; sending the present words takes a proposal back. Raises `NotFound`, `Forbidden`,
    `StaleVersion`, `Invalid`, `Conflict("publishing_frozen")`.
    """
    with foreseen(lambda: check_words(actor, get_image(image_id), changes)), unit_of_work() as unit:
        image = get_image(image_id, lock=True)
        authorize(actor, Permission.MEDIA_WRITE, target_of(image))
        places = [
            place for place in places_of(unit, image) if not (place.is_under_review and gives_alt(image, changes))
        ]
        authorize_places(unit, actor, places)
        check_version(expected, image.version)
        check_text(image, changes)
        check_words(actor, image, changes)
        words = {name: changes[name] for name in WORDS if name in changes and changes[name] != getattr(image, name)}
        if words and need_second_person(actor, image, words, places):
            # Only the words wait; the focal point says nothing and changes at once.
            propose(unit, actor, image, words)
            change_image(unit, actor, image, {name: changes[name] for name in changes if name not in WORDS})
        else:
            if not set(WORDS).isdisjoint(changes):
                drop_proposal(unit, actor, image, is_told=not words)
            change_image(unit, actor, image, changes)
    return image


def delete_image(actor: Actor, image_id: str, expected: Expected) -> None:
    """Remove an image that no item shows; it is purged later. Earlier editions that named it cannot show it any more.

    Raises `NotFound`, `Forbidden`, `StaleVersion`, `Conflict("in_use")`.
    """
    with unit_of_work() as unit:
        image = get_image(image_id, lock=True)
        authorize(actor, Permission.MEDIA_DELETE, target_of(image))
        check_version(expected, image.version)
        check_unused(image.id, actor)
        drop_proposal(unit, actor, image, is_told=False)
        touch(image)
        image.deleted_at, image.waiting_since = image.updated_at, None
        record(unit, Action.MEDIA_DELETED, image.id, actor, agency=image.agency)
