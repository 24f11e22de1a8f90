"""Images in content: checks when an item is saved and published, and noting what its newest edition shows.

What an item shows is its `cover` and every image whose address stands in its body. `image_uses` holds that of the newest
edition of each item; what publications show, live or planned, stands in `publication_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete

from cms.core.db import UnitOfWork
from cms.core.errors import InputError
from cms.editorial.content_types import Content
from cms.media.models import Image, ImageUse
from cms.media.presenter import file_name
from cms.media.presets import ORIGINAL
from cms.media.queries import find_images
from cms.media.references import images_in_text
from cms.publishing.presented import PresentedFile

TEXT_FIELDS: Final = ("alt", "caption", "credit")


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
