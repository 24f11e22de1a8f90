"""Adds images to the library, stores their renditions, and purges deleted ones.

`cms.editorial.images` changes and removes them, as it knows which items show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from cms.agencies.queries import check_agency
from cms.agencies.quota import check_room, take_room
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import is_rehearsal, rolled_back, unit_of_work
from cms.core.errors import invalid_field
from cms.core.ids import new_id
from cms.core.permissions import AGENCY_ROLES, Actor, Permission, Target, authorize
from cms.core.runtime import runtime
from cms.media.history import keep_version
from cms.media.models import Image, Rendition
from cms.media.policies import check_alt
from cms.media.queries import find_same
from cms.media.uploads import ImageUpload

DUPLICATES = {"uq_images_agency_sha256": "file"}


@dataclass(frozen=True, slots=True)
class AddedImage:
    """An image of the library; `is_new` is false when the agency had it already and nothing was changed."""

    image: Image
    is_new: bool


def add_image(actor: Actor, upload: ImageUpload, values: Mapping[str, Any]) -> AddedImage:
    """Store the bytes, then the row. `values` are those of `ImageFieldsSchema`; a user who writes for one agency may leave it out.

    Raises `Forbidden`, `Invalid`, `Unavailable`. When it fails after the bytes were stored, `sweep_orphans` removes them.
    """
    given = dict(values)
    agency = given.pop("agency", None) or _only_agency(actor)
    authorize(actor, Permission.MEDIA_WRITE, Target(agency, agency, actor.id))
    check_alt(given.get("alt"), given.get("is_decorative", False))
    # Refuse before the bytes are stored.
    with rolled_back():
        check_agency(agency)
        if find_same(agency, upload.sha256, upload.file.sha256) is None:
            check_room(agency, upload.file.bytes)
    if not is_rehearsal():
        runtime().storage.put(upload.file.path, upload.file.sha256)
    with unit_of_work(DUPLICATES) as unit:
        # Asked again: another upload may have stored the same picture meanwhile.
        same = find_same(agency, upload.sha256, upload.file.sha256)
        if same is not None and same.deleted_at is None:
            return AddedImage(same, is_new=False)
        if same is None:
            take_room(unit, agency, upload.file.bytes)
        image = _image(actor, agency, upload, given) if same is None else _brought_back(same, actor, upload, given)
        unit.add(image)
        unit.session.flush()
        keep_version(unit, image, actor)
        record(unit, Action.MEDIA_CREATED, image.id, actor, agency=agency)
    return AddedImage(image, is_new=True)


def keep_renditions(image: Image, made: Sequence[Rendition]) -> None:
    """Write the rows of the renditions, unless the image was deleted or its focal point moved meanwhile: then the files are swept.

    It records no change: readers get the same picture.
    """
    with unit_of_work() as unit:
        current = unit.session.scalar(
            select(Image).where(Image.id == image.id).with_for_update().execution_options(populate_existing=True)
        )
        if current is None or current.deleted_at is not None or current.fingerprint != image.fingerprint:
            return
        current.waiting_since = None
        unit.session.execute(
            delete(Rendition).where(Rendition.image_id == image.id, Rendition.fingerprint == image.fingerprint)
        )
        unit.add(*made)


def purge_images(image_ids: Iterable[str], long_ago: datetime) -> Sequence[str]:
    """Remove those images that were deleted before `long_ago`, and return their ids; a restored one stays.

    It records no change: the deletion is in the log.
    """
    with unit_of_work() as unit:
        gone = delete(Image).where(Image.id.in_(image_ids), Image.deleted_at <= long_ago).returning(Image.id)
        return unit.session.scalars(gone.execution_options(synchronize_session=False)).all()


def _only_agency(actor: Actor) -> str:
    """The one agency for which the actor can upload. Raises `Invalid` if there are several, or for an actor of the whole city."""
    agencies = {agency for role in AGENCY_ROLES for agency in actor.agencies(role)}
    if len(agencies) != 1 or actor.is_central:
        raise invalid_field("/agency", "required")
    return next(iter(agencies))


def _brought_back(image: Image, actor: Actor, upload: ImageUpload, given: Mapping[str, Any]) -> Image:
    """Restore a deleted image whose picture is uploaded again, with the words given now."""
    image.deleted_at, image.name = None, upload.name
    image.alt, image.is_decorative = given.get("alt"), given.get("is_decorative", False)
    image.caption, image.credit = given.get("caption"), given.get("credit")
    image.focal_x, image.focal_y = given.get("focal_x", 50), given.get("focal_y", 50)
    image.uploaded_by_id, image.uploaded_by = actor.id, actor.label
    image.created_at = image.updated_at = image.waiting_since = clock.now()
    image.version += 1
    return image


def _image(actor: Actor, agency: str, upload: ImageUpload, given: Mapping[str, Any]) -> Image:
    moment, kept = clock.now(), upload.image
    return Image(
        id=new_id(), agency=agency, name=upload.name, alt=given.get("alt"), caption=given.get("caption"),
        is_decorative=given.get("is_decorative", False), credit=given.get("credit"),
        focal_x=given.get("focal_x", 50), focal_y=given.get("focal_y", 50), width=kept.width, height=kept.height,
        media_type=kept.media_type, bytes=upload.file.bytes, sha256=upload.file.sha256, source_sha256=upload.sha256,
        waiting_since=moment, version=1, uploaded_by_id=actor.id, uploaded_by=actor.label,
        created_at=moment, updated_at=moment,
    )  # fmt: skip
