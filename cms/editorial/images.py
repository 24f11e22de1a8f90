"""Images in content: checks when an item is saved and published, where an image is used, and changing or removing one.

What an item shows is its `cover` and every image whose address stands in its body. `image_uses` holds that of the newest
edition of each item; what publications show, live or planned, stands in `publication_files`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import CompoundSelect, and_, delete, exists, false, or_, select, true, union

from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import UnitOfWork, session, unit_of_work
from cms.core.errors import Conflict, InputError, Invalid, invalid_field
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.runtime import runtime
from cms.core.versions import Expected, check_version
from cms.editorial.content_types import Content
from cms.editorial.models import Item, State
from cms.editorial.queries import visible_to
from cms.guard.assessing import assess
from cms.guard.breaker import check_freeze
from cms.media.models import Image, ImageUse
from cms.media.policies import check_alt, target_of
from cms.media.presenter import file_name
from cms.media.presets import ORIGINAL
from cms.media.queries import find_images, get_image
from cms.media.references import images_in_text
from cms.publishing.models import PublicationFile
from cms.publishing.presented import PresentedFile

FOCAL_FIELDS: Final = frozenset({"focal_x", "focal_y"})
TEXT_FIELDS: Final = ("alt", "caption", "credit")
MOST_NAMED: Final = 3


def images_in(content: Content) -> dict[str, str]:
    """The images that a content shows: pointer to the field, by id."""
    found = dict.fromkeys(images_in_text(content.get("body") or ""), "/body")
    cover = content.get("cover")
    return {**found, cover: "/cover"} if cover else found


def image_faults(content: Content, previous: Content | None) -> list[InputError]:
    """Images that are new here must exist; they are held, so that nobody deletes them before this is saved."""
    known = images_in(previous) if previous is not None else {}
    named = {image_id: pointer for image_id, pointer in images_in(content).items() if image_id not in known}
    found = find_images(named, hold=True)
    return [
        InputError("pointer", pointer, "not_found", {"what": "image"})
        for image_id, pointer in named.items()
        if image_id not in found
    ]


def faults_of_shown_images(content: Content) -> list[InputError]:
    """What keeps a content from being published: images that are gone, and images without alternative text."""
    named = images_in(content)
    found = find_images(named)
    faults = []
    for image_id, pointer in named.items():
        if image_id not in found:
            faults.append(InputError("pointer", pointer, "not_found", {"what": "image"}))
        elif not found[image_id].has_text:
            faults.append(InputError("pointer", pointer, "alt_needed", {"image": image_id}))
    return faults


def image_texts(content: Content) -> dict[str, str]:
    """What is said about the images of a content, by a pointer into it: readers get it with the item."""
    named = images_in(content)
    return {
        pointer: "\n".join(text for name in TEXT_FIELDS if (text := getattr(image, name)))
        for image_id, image in find_images(named).items()
        for pointer in (named[image_id] if named[image_id] == "/cover" else f"/body/images/{image_id}",)
    }


def note_images(unit: UnitOfWork, item_id: str, content: Content, previous: Content | None = None) -> None:
    """Keep which images the newest edition of an item shows, once the item's row is written."""
    shown = images_in(content)
    if previous is not None and images_in(previous).keys() == shown.keys():
        return
    unit.session.execute(delete(ImageUse).where(ImageUse.item_id == item_id))
    unit.add(*(ImageUse(item_id=item_id, image_id=image_id) for image_id in find_images(shown)))


def shown_files(images: Mapping[str, Image]) -> tuple[PresentedFile, ...]:
    """The images of an edition among its files: so readers get them exactly while it is live."""
    return tuple(
        PresentedFile(
            image.id, file_name(image.id, ORIGINAL, image.media_type), image.media_type, image.bytes, image.sha256
        )
        for image in images.values()
    )


def uses_of(image_id: str, actor: Actor) -> tuple[Sequence[Item], int]:
    """The items that show the image and that the actor may know of, and how many show it in all. Raises `NotFound`."""
    get_image(image_id)
    return _visible_uses(image_id, actor), len(_using_items(image_id))


def update_image(actor: Actor, image_id: str, expected: Expected, changes: Mapping[str, Any]) -> Image:
    """Change what is said about an image, or its focal point; the worker presents again what shows it.

    What readers see is changed only by who could publish it now. Raises `NotFound`, `Forbidden`, `StaleVersion`, `Invalid`,
    `Conflict("publishing_frozen")`.
    """
    with unit_of_work() as unit:
        image = get_image(image_id, lock=True)
        authorize(actor, Permission.MEDIA_WRITE, target_of(image))
        _authorize_public_change(unit, actor, image)
        check_version(expected, image.version)
        _check_text(image, changes)
        _check_words({name: changes[name] for name in TEXT_FIELDS if changes.get(name)})
        changed = assign_changed(image, changes)
        if changed:
            image.version += 1
            image.updated_at = clock.now()
            if FOCAL_FIELDS.intersection(changed):
                image.waiting_since = image.updated_at
            record(unit, Action.MEDIA_UPDATED, image.id, actor, agency=image.agency, fields=changed)
    return image


def delete_image(actor: Actor, image_id: str, expected: Expected) -> None:
    """Remove an image that no item shows; its bytes are swept later. Earlier editions that named it cannot show it any more.

    Raises `NotFound`, `Forbidden`, `StaleVersion`, `Conflict("in_use")`.
    """
    with unit_of_work() as unit:
        image = get_image(image_id, lock=True)
        authorize(actor, Permission.MEDIA_DELETE, target_of(image))
        check_version(expected, image.version)
        _check_unused(image.id, actor)
        unit.session.delete(image)
        record(unit, Action.MEDIA_DELETED, image.id, actor, agency=image.agency)


def _authorize_public_change(unit: UnitOfWork, actor: Actor, image: Image) -> None:
    """Each item that readers have with the image, or that was approved with it, is somebody's to publish (R-Z1), unless that
    is frozen: the image does not go around it.
    """
    is_live = and_(Item.published_channel.is_not(None), _published_with(image.id))
    in_newest = exists().where(ImageUse.item_id == Item.id, ImageUse.image_id == image.id)
    is_approved = and_(Item.state.in_((State.APPROVED.value, State.SCHEDULED.value)), in_newest)
    places: CompoundSelect[Any] = union(
        select(Item.agency, Item.published_channel, true()).where(is_live),
        select(Item.agency, Item.channel, false()).where(is_approved),
    )
    city_channel = runtime().settings.city_channel
    for agency, channel, is_public in unit.session.execute(places).all():
        authorize(actor, Permission.CONTENT_PUBLISH, Target(agency, channel, None, channel == city_channel))
        if is_public:
            check_freeze(unit, agency)


def _check_text(image: Image, changes: Mapping[str, Any]) -> None:
    """Alternative text or decorative; and never neither while readers have the image."""
    alt, is_decorative = changes.get("alt", image.alt), changes.get("is_decorative", image.is_decorative)
    check_alt(alt, is_decorative)
    if not (alt or is_decorative) and session.scalar(select(exists().where(PublicationFile.file_id == image.id))):
        raise invalid_field("/alt", "alt_needed", image=image.id)


def _check_words(texts: Mapping[str, str]) -> None:
    """Words that would hold an item are refused here: an image has no review of its own."""
    found = assess({f"/{name}": text for name, text in texts.items()}, "").reasons
    if found:
        raise Invalid(errors=[InputError("pointer", reason.pointer, "suspicious_words", {}) for reason in found])


def _check_unused(image_id: str, actor: Actor) -> None:
    using = _using_items(image_id)
    if not using:
        return
    named = [f"{item.title} ({item.id})" for item in _visible_uses(image_id, actor, MOST_NAMED)]
    raise Conflict("in_use", count=len(using), titles=", ".join(named) or "items of other agencies")


def _visible_uses(image_id: str, actor: Actor, limit: int = 100) -> Sequence[Item]:
    statement = select(Item).where(_shows(image_id), visible_to(actor))
    return session.scalars(statement.order_by(Item.updated_at.desc(), Item.id.desc()).limit(limit)).all()


def _using_items(image_id: str) -> Sequence[str]:
    drafts = select(ImageUse.item_id).where(ImageUse.image_id == image_id)
    published = select(PublicationFile.item_id).where(PublicationFile.file_id == image_id)
    return session.scalars(drafts.union(published)).all()


def _shows(image_id: str) -> Any:
    in_draft = exists().where(ImageUse.item_id == Item.id, ImageUse.image_id == image_id)
    return or_(in_draft, _published_with(image_id))


def _published_with(image_id: str) -> Any:
    return exists().where(PublicationFile.item_id == Item.id, PublicationFile.file_id == image_id)
