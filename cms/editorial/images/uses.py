"""Images in content: checks them when an item is saved and published, and notes which ones its newest edition shows.

An item shows its `cover` and every image that its sanitised body shows or links to. `image_uses` has the images of each item's
newest edition; `publication_files` has those of live and scheduled publications.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete

from cms.core.characters import has_words
from cms.core.db import UnitOfWork
from cms.core.errors import InputError
from cms.core.links import shortened
from cms.editorial.content_types import Content
from cms.editorial.items.models import Edition
from cms.media.models import Image, ImageUse
from cms.media.presenter import file_name
from cms.media.presets import ORIGINAL
from cms.media.queries import find_images
from cms.media.references import images_in_html, with_shown_pictures, wrong_pictures
from cms.moderation.links import alternative_texts
from cms.publishing.rendered_items import RenderedFile

TEXT_FIELDS: Final = ("alt", "caption", "credit")
MOST_NAMED: Final = 20
"""The most mistyped addresses that an answer names."""


def images_in(content: Content, body_html: str) -> dict[str, str]:
    """The images that a content with this sanitised body shows: pointer to the field, by id."""
    found = dict.fromkeys(images_in_html(body_html), "/body")
    cover = content.get("cover")
    return {**found, cover: "/cover"} if cover else found


@dataclass(frozen=True, slots=True)
class ShownImages:
    """The images that a content shows, looked up once: `places` says where each one is, `found` are those that exist, by id.

    `wrong` are addresses in the body that can be of no image.
    """

    places: Mapping[str, str]
    found: Mapping[str, Image]
    wrong: Sequence[str] = ()

    def missing(self, known: Collection[str] = ()) -> list[InputError]:
        """A fault for each image that does not exist and was not `known` before."""
        wrong = [_unknown("/body", shortened(address)) for address in self.wrong[:MOST_NAMED]]
        return wrong + [
            _unknown(pointer, image_id)
            for image_id, pointer in self.places.items()
            if image_id not in self.found and image_id not in known
        ]

    def faults(self) -> list[InputError]:
        """Reasons not to publish the content: missing images, and images without alternative text."""
        faults = []
        for image_id, pointer in self.places.items():
            if image_id not in self.found:
                faults.append(_unknown(pointer, image_id))
            elif not self.found[image_id].has_text:
                faults.append(InputError("pointer", pointer, "alt_needed", {"image": image_id}))
        return faults

    def texts(self) -> dict[str, str]:
        """The words of the images, by a pointer into the content: readers get them with the item."""
        return {
            pointer: "\n".join(text for name in TEXT_FIELDS if (text := getattr(image, name)))
            for image_id, image in self.found.items()
            for pointer in (self.places[image_id] if self.places[image_id] == "/cover" else f"/body/images/{image_id}",)
        }

    def files(self) -> tuple[RenderedFile, ...]:
        """The images, as files of an edition, so that readers get them exactly while it is live."""
        return tuple(
            RenderedFile(
                image.id, file_name(image.id, ORIGINAL, image.media_type), image.media_type, image.bytes, image.sha256
            )
            for image in self.found.values()
        )


def _unknown(pointer: str, named: str) -> InputError:
    return InputError("pointer", pointer, "not_found", {"what": f"image {named}"})


def shown_images(
    content: Content, body_html: str, known: Mapping[str, str] | None = None, *, hold: bool = False
) -> ShownImages:
    """The images of a content with this sanitised body. With `hold`, or if some are not `known` from before, all are locked until the
    transaction ends: they are not deleted, and new words wait until the edition that shows these is written.
    """
    places = images_in(content, body_html)
    found = find_images(places, hold=hold or (known is not None and not places.keys() <= known.keys()))
    return ShownImages(places, found, wrong_pictures(body_html))


def body_text_of(edition: Edition, images: ShownImages) -> str:
    """The body of an edition as text. Of one that has pictures and no words, such as an infographic, the words about the pictures."""
    if not images.found or has_words(edition.body_text):
        return edition.body_text
    return "\n\n".join(alternative_texts(with_shown_pictures(edition.body_html, images.found)))


def note_images(unit: UnitOfWork, item_id: str, images: ShownImages, known: Mapping[str, str] | None = None) -> None:
    """Store which images the newest edition of an item shows, once the item's row is written; `known` are the earlier ones."""
    if known is not None and known.keys() == images.places.keys():
        return
    unit.session.execute(delete(ImageUse).where(ImageUse.item_id == item_id))
    unit.add(*(ImageUse(item_id=item_id, image_id=image_id) for image_id in images.found))
