"""What an erasure would remove, by numbers, ids and digests: what is named before it is confirmed and kept after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from cms.core import clock
from cms.core.db import session
from cms.core.errors import Conflict, InputError, Invalid
from cms.documents.models import DocumentFile
from cms.editorial.images.uses import images_in
from cms.editorial.items.models import Edition, Item
from cms.media.models import Image, ImageUse, Rendition
from cms.publishing.models import Publication, PublicationFile
from cms.publishing.visibility import was_published

Parts = Mapping[str, Sequence[Any]]
"""`editions` (numbers) and `files` (ids) of an item; both may be missing."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file or an image with the digest of its bytes, since when it is here, and what else has the same bytes: pairs of type and id."""

    id: str
    sha256: str
    bytes: int
    since: datetime
    also_in: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Extent:
    """What would go. `is_whole`: the whole item, which readers lose if they have it. `publications` are digests, `renditions` too.

    `kept_images` are pictures of the item that other items show: they stay. `since` is when the first of it came here: earlier backups
    hold nothing of it.
    """

    is_whole: bool
    editions: Sequence[int]
    publication_ids: Sequence[int]
    publications: Sequence[str]
    since: datetime
    files: Sequence[Bytes] = ()
    images: Sequence[Bytes] = ()
    kept_images: Sequence[str] = ()
    renditions: Sequence[str] = ()

    @property
    def digests(self) -> list[str]:
        """The digests of all bytes."""
        return sorted({each.sha256 for each in (*self.files, *self.images)} | set(self.renditions))

    def as_kept(self) -> dict[str, Any]:
        """The extent as it is kept once it was carried out: nothing in it is text of people."""
        return {
            "editions": list(self.editions),
            "publications": list(self.publications),
            "files": [{"id": each.id, "sha256": each.sha256} for each in self.files],
            "images": [{"id": each.id, "sha256": each.sha256} for each in self.images],
            "bytes": self.digests,
            "since": clock.rfc3339(self.since),
        }


def extent_of(item: Item, parts: Parts | None) -> Extent:
    """What would go now.

    Raises `Conflict` (`not_published`: what was never published is purged; `erasure_in_use`: a part is what readers or
    editors have now), `Invalid` for parts that do not exist.
    """
    if item.published_at is None:
        raise Conflict("not_published")
    editions = session.scalars(select(Edition).where(Edition.item_id == item.id).order_by(Edition.number)).all()
    files = session.scalars(select(DocumentFile).where(DocumentFile.document_id == item.id)).all()
    if parts is not None:
        _check_parts(parts, {each.number for each in editions}, {each.id for each in files})
        editions, files = _chosen(item, parts, editions, files)
    numbers = [each.number for each in editions]
    found = select(Publication.id, Publication.digest).where(Publication.item_id == item.id, was_published())
    rows = session.execute(
        found.where(Publication.edition.in_(numbers), Publication.full_json != "").order_by(Publication.id)
    ).all()
    images, kept = _images(item, editions) if parts is None else ([], [])
    shown_files = [_file(item, each) for each in files]
    came = [*(each.created_at for each in editions), *(each.since for each in (*shown_files, *images))]
    renditions = select(Rendition.sha256).where(Rendition.image_id.in_([each.id for each in images]))
    return Extent(
        is_whole=parts is None,
        editions=numbers,
        publication_ids=[row.id for row in rows],
        publications=sorted({row.digest for row in rows if row.digest}),
        since=min(came, default=item.created_at),
        files=shown_files,
        images=images,
        kept_images=kept,
        renditions=sorted(set(session.scalars(renditions))),
    )


def parts_there(item: Item, erased: Mapping[str, Sequence[Any]]) -> Parts | None:
    """The parts of an earlier erasure (`editions`, ids of `files`) that a restored item still has; None when one is in use there."""
    numbers = select(Edition.number).where(Edition.item_id == item.id, Edition.number.in_(erased["editions"]))
    files = select(DocumentFile.id).where(DocumentFile.document_id == item.id, DocumentFile.id.in_(erased["files"]))
    parts: dict[str, Sequence[Any]] = {
        "editions": list(session.scalars(numbers)),
        "files": list(session.scalars(files)),
    }
    try:
        extent_of(item, parts)
    except Conflict:
        return None
    return parts


def _check_parts(parts: Parts, editions: Collection[int], files: Collection[str]) -> None:
    errors = [
        InputError("pointer", f"/parts/{name}/{index}", "not_found", {"what": what})
        for name, what, known in (("editions", "edition", editions), ("files", "file", files))
        for index, given in enumerate(parts.get(name, ()))
        if given not in known
    ]
    if errors:
        raise Invalid(errors=errors)


def _chosen(
    item: Item, parts: Parts, editions: Sequence[Edition], files: Sequence[DocumentFile]
) -> tuple[Sequence[Edition], Sequence[DocumentFile]]:
    """The chosen editions with all that show a chosen file, which would name what is not there any more."""
    ids = set(parts.get("files", ()))
    showing = {each.number for each in editions if ids & {file["id"] for file in each.content.get("files", ())}}
    numbers = {*parts.get("editions", ()), *showing}
    if numbers & {item.edition, item.published_edition}:
        raise Conflict("erasure_in_use")
    return [each for each in editions if each.number in numbers], [each for each in files if each.id in ids]


def _file(item: Item, file: DocumentFile) -> Bytes:
    others = select(DocumentFile.document_id).where(
        DocumentFile.sha256 == file.sha256, DocumentFile.document_id != item.id
    )
    pictures = select(Image.id).where(Image.sha256 == file.sha256)
    also = [
        *(("document", each) for each in session.scalars(others)),
        *(("media", each) for each in session.scalars(pictures)),
    ]
    return Bytes(file.id, file.sha256, file.bytes, file.created_at, sorted(set(also)))


def _images(item: Item, editions: Sequence[Edition]) -> tuple[list[Bytes], list[str]]:
    """The pictures that the item ever showed: those that no other item shows now, and the ids of the others."""
    ids = {image_id for each in editions for image_id in images_in(each.content, each.body_html)}
    ids |= set(session.scalars(select(ImageUse.image_id).where(ImageUse.item_id == item.id)))
    used = set(
        session.scalars(select(ImageUse.image_id).where(ImageUse.image_id.in_(ids), ImageUse.item_id != item.id))
    )
    shown = PublicationFile.file_id.in_(ids), PublicationFile.item_id != item.id
    used |= set(session.scalars(select(PublicationFile.file_id).where(*shown)))
    own = session.scalars(select(Image).where(Image.id.in_(ids - used)).order_by(Image.id)).all()
    return [Bytes(each.id, each.sha256, each.bytes, each.created_at, _same_picture(each)) for each in own], sorted(used)


def _same_picture(image: Image) -> list[tuple[str, str]]:
    others = select(Image.id).where(Image.sha256 == image.sha256, Image.id != image.id)
    files = select(DocumentFile.document_id).where(or_(DocumentFile.sha256 == image.sha256))
    return sorted(
        {
            *(("media", each) for each in session.scalars(others)),
            *(("document", each) for each in session.scalars(files)),
        }
    )
