"""Changing what is said about an image, and removing one: with the rights, and the second person, of the items that show it.

Words of an image belong to no edition, and readers see them with every item that shows it. So whoever changes them must be able
to publish those items, and where one of them asks for a second person, so do the words: what one person proposes comes about
when another one sends the same change (decision 24).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import CompoundSelect, and_, exists, false, or_, select, true, union

from cms.agencies.models import Agency, Reviewer
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import UnitOfWork, session, unit_of_work
from cms.core.errors import Conflict, InputError, Invalid, invalid_field
from cms.core.permissions import Actor, Permission, Role, Target, authorize
from cms.core.prepared import foreseen
from cms.core.runtime import runtime
from cms.core.versions import Expected, check_version
from cms.editorial.images.uses import TEXT_FIELDS, using_items, visible_uses
from cms.editorial.items.models import Item, State
from cms.media.history import keep_first_version, keep_version
from cms.media.models import Image, ImageUse
from cms.media.policies import check_alt, target_of
from cms.media.queries import get_image
from cms.moderation.assessing import Reason, assess
from cms.moderation.breaker import check_freeze
from cms.publishing.models import PublicationFile, PublicationTerm
from cms.taxonomy.models import Category

FOCAL_FIELDS: Final = frozenset({"focal_x", "focal_y"})
WORDS: Final = (*TEXT_FIELDS, "is_decorative")
MOST_NAMED: Final = 3
DECIDED: Final = (State.IN_REVIEW.value, State.APPROVED.value, State.SCHEDULED.value)
"""States in which somebody looks at the newest edition, or has: as long as it does not come back, its authors wait."""


class Place(NamedTuple):
    """Where an image is shown to readers, or was shown to who approves: whose right to publish, and whose approval, it takes."""

    agency: str
    channel: str
    is_public: bool
    reviewed_by: str
    needs_four_eyes: bool


def update_image(actor: Actor, image_id: str, expected: Expected, changes: Mapping[str, Any]) -> Image:
    """Change what is said about an image, or its focal point; the worker presents again what shows it.

    What readers see, or somebody has approved, is changed only by who could publish it now. Words that need a second person are
    kept as `proposed` until one sends the same; sending the present words takes a proposal back. Raises `NotFound`, `Forbidden`,
    `StaleVersion`, `Invalid`, `Conflict("publishing_frozen")`.
    """
    with foreseen(lambda: _check_words(actor, get_image(image_id), changes)), unit_of_work() as unit:
        image = get_image(image_id, lock=True)
        authorize(actor, Permission.MEDIA_WRITE, target_of(image))
        places = _places(unit, image)
        _authorize_places(unit, actor, places)
        check_version(expected, image.version)
        _check_text(image, changes)
        _check_words(actor, image, changes)
        words = {name: changes[name] for name in WORDS if name in changes and changes[name] != getattr(image, name)}
        if words and _waits(actor, image, words, places):
            _propose(unit, actor, image, words)
            change_image(unit, actor, image, {name: changes[name] for name in changes if name not in WORDS})
        else:
            if not set(WORDS).isdisjoint(changes):
                drop_proposal(unit, actor, image, is_told=not words)
            change_image(unit, actor, image, changes)
    return image


def change_image(unit: UnitOfWork, actor: Actor, image: Image, changes: Mapping[str, Any]) -> list[str]:
    """Change a locked image, keep what is said about it now, and record it; returns the names of what differs."""
    if any(getattr(image, name) != value for name, value in changes.items()):
        keep_first_version(unit, image)
    changed = assign_changed(image, changes)
    if changed:
        _touch(image)
        if FOCAL_FIELDS.intersection(changed):
            image.waiting_since = image.updated_at
        keep_version(unit, image, actor)
        record(unit, Action.MEDIA_UPDATED, image.id, actor, agency=image.agency, fields=changed)
    return changed


def drop_proposal(unit: UnitOfWork, actor: Actor, image: Image, *, is_told: bool = True) -> bool:
    """Forget the words that wait for a second person; `is_told` unless what comes about tells it. False when there are none."""
    if image.proposed is None:
        return False
    names = sorted(image.proposed)
    image.proposed = image.proposed_by_id = image.proposed_by_label = image.proposed_at = None
    if is_told:
        _touch(image)
        record(unit, Action.MEDIA_PROPOSAL_DROPPED, image.id, actor, agency=image.agency, fields=names)
    return True


def delete_image(actor: Actor, image_id: str, expected: Expected) -> None:
    """Remove an image that no item shows; it is purged later. Earlier editions that named it cannot show it any more.

    Raises `NotFound`, `Forbidden`, `StaleVersion`, `Conflict("in_use")`.
    """
    with unit_of_work() as unit:
        image = get_image(image_id, lock=True)
        authorize(actor, Permission.MEDIA_DELETE, target_of(image))
        check_version(expected, image.version)
        _check_unused(image.id, actor)
        drop_proposal(unit, actor, image, is_told=False)
        _touch(image)
        image.deleted_at, image.waiting_since = image.updated_at, None
        record(unit, Action.MEDIA_DELETED, image.id, actor, agency=image.agency)


def _touch(image: Image) -> None:
    image.version += 1
    image.updated_at = clock.now()


def _propose(unit: UnitOfWork, actor: Actor, image: Image, words: dict[str, Any]) -> None:
    if image.proposed == words and image.proposed_by_id == actor.id:
        return
    _touch(image)
    image.proposed, image.proposed_at = words, image.updated_at
    image.proposed_by_id, image.proposed_by_label = actor.id, actor.label
    record(unit, Action.MEDIA_PROPOSED, image.id, actor, agency=image.agency, fields=sorted(words))


def _waits(actor: Actor, image: Image, words: Mapping[str, Any], places: Sequence[Place]) -> bool:
    """True when these words need somebody else: the same rule as for an edition (`cms.editorial.items.policies.approval_fault`)."""
    needs_central = any(place.reviewed_by == Reviewer.CENTRAL.value for place in places)
    if needs_central and not actor.has(Role.CENTRAL_EDITOR):
        return True
    is_second = image.proposed == words and image.proposed_by_id not in (None, actor.id)
    return any(place.needs_four_eyes for place in places) and not is_second


def _places(unit: UnitOfWork, image: Image) -> Sequence[Place]:
    """Items that readers have with the image, and items whose newest edition shows it and was approved, or is being looked at.

    What readers have counts with its own category: a newer draft may have been filed elsewhere.
    """
    filed = and_(PublicationTerm.scheme == "category", PublicationTerm.term == Category.slug, Category.four_eyes)
    published_four_eyes = or_(
        Agency.four_eyes, exists().where(PublicationTerm.publication_id == PublicationFile.publication_id, filed)
    )
    live = (
        select(Item.agency, Item.published_channel, true(), Agency.review, published_four_eyes)
        .join(PublicationFile, PublicationFile.item_id == Item.id)
        .join(Agency, Agency.slug == Item.agency)
        .where(PublicationFile.file_id == image.id, Item.published_channel.is_not(None))
    )
    is_decided = or_(Item.state.in_(DECIDED), Item.approved_edition == Item.edition)
    newest = (
        select(Item.agency, Item.channel, false(), Item.reviewed_by, Item.needs_four_eyes)
        .join(ImageUse, ImageUse.item_id == Item.id)
        .where(ImageUse.image_id == image.id, is_decided)
    )
    rows: CompoundSelect[Any] = union(live, newest)
    return [Place(*row) for row in unit.session.execute(rows)]


def _authorize_places(unit: UnitOfWork, actor: Actor, places: Sequence[Place]) -> None:
    """Each of these items is somebody's to publish (R-Z1), unless that is frozen: the image does not go around it."""
    city_channel = runtime().settings.city_channel
    for place in places:
        target = Target(place.agency, place.channel, None, place.channel == city_channel)
        authorize(actor, Permission.CONTENT_PUBLISH, target)
        if place.is_public:
            check_freeze(unit, actor, place.agency)


def _check_text(image: Image, changes: Mapping[str, Any]) -> None:
    """Alternative text or decorative; and never neither while readers have the image."""
    alt, is_decorative = changes.get("alt", image.alt), changes.get("is_decorative", image.is_decorative)
    check_alt(alt, is_decorative)
    if not (alt or is_decorative) and session.scalar(select(exists().where(PublicationFile.file_id == image.id))):
        raise invalid_field("/alt", "alt_needed", image=image.id)


def _check_words(actor: Actor, image: Image, changes: Mapping[str, Any]) -> None:
    """Words that would hold an item are refused here: an image has no review of its own.

    Neither the new words alone nor together with those that stay, so that nothing is put together piece by piece; what was there
    before, and was accepted with an item, stays in nobody's way.
    """
    given = {name: changes[name] for name in TEXT_FIELDS if changes.get(name) and changes[name] != getattr(image, name)}
    if not given:
        return
    before = {name: text for name in TEXT_FIELDS if (text := getattr(image, name))}
    after = {**{name: text for name, text in before.items() if name not in changes}, **given}
    known = {_kind(reason) for reason in _assessed(actor, before)}
    found = [*_assessed(actor, given), *(reason for reason in _assessed(actor, after) if _kind(reason) not in known)]
    if found:
        pointers = dict.fromkeys(
            reason.pointer if reason.pointer[1:] in given else f"/{next(iter(given))}" for reason in found
        )
        raise Invalid(errors=[InputError("pointer", pointer, "suspicious_words", {}) for pointer in pointers])


def _assessed(actor: Actor, texts: Mapping[str, str]) -> tuple[Reason, ...]:
    found = assess({f"/{name}": text for name, text in texts.items()}, "")
    return found.with_writers({str(actor.id)}).reasons


def _kind(reason: Reason) -> tuple[str, str]:
    return reason.code, reason.detail


def _check_unused(image_id: str, actor: Actor) -> None:
    using = using_items(image_id)
    if not using:
        return
    named = [f"{item.title} ({item.id})" for item in visible_uses(image_id, actor, MOST_NAMED)]
    raise Conflict("in_use", count=len(using), titles=", ".join(named) or "items of other agencies")
