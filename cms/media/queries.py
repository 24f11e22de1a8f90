"""Reading the library. It is shared: every editor finds the images of every agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, true, tuple_

from cms.agencies.quota import counts_bytes
from cms.core.db import rolled_back, session
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.media.models import Image, Rendition


def get_image(image_id: str, *, lock: bool = False, is_deleted_too: bool = False) -> Image:
    """The image; `lock` locks its row until the transaction ends.

    Raises `NotFound`, also for a deleted image unless `is_deleted_too`.
    """
    statement = select(Image).where(Image.id == image_id, true() if is_deleted_too else Image.deleted_at.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    image = session.scalar(statement) if is_id(image_id) else None
    if image is None:
        raise NotFound
    return image


def find_images(image_ids: Collection[str], *, hold: bool = False) -> Mapping[str, Image]:
    """The existing ones of these images, by id, in one statement; `hold` prevents their deletion, and new words, until the transaction ends."""
    if not image_ids:
        return {}
    kept = (Image.id.in_(sorted(image_ids)), Image.deleted_at.is_(None))
    statement = select(Image).where(*kept).order_by(Image.id)
    if hold:
        statement = statement.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    return {image.id: image for image in session.scalars(statement)}


def lock_images(image_ids: Collection[str]) -> None:
    """Lock the rows of these images until the transaction ends, always in the same order; unknown ids are ignored."""
    session.execute(select(Image.id).where(Image.id.in_(image_ids)).order_by(Image.id).with_for_update())


def find_same(agency: str, source_sha256: str, sha256: str) -> Image | None:
    """The agency's image that was made of the same bytes, or that became the same picture; a deleted one if there is no other."""
    same = or_(Image.source_sha256 == source_sha256, Image.sha256 == sha256)
    statement = select(Image).where(Image.agency == agency, same).order_by(Image.deleted_at.is_not(None), Image.id)
    return session.scalar(statement.limit(1).with_for_update().execution_options(populate_existing=True))


def find_rendition(image: Image, name: str) -> Rendition | None:
    """The file under this full name that belongs to the present focal point; None while the worker has not made it."""
    return session.get(Rendition, (image.id, image.fingerprint, name))


def list_images(
    *,
    agencies: Collection[str] = (),
    has_alt: bool | None = None,
    is_proposed: bool | None = None,
    words: str | None = None,
    limit: int,
    after: tuple[datetime, str] | None,
) -> Sequence[Image]:
    """The newest images after the position `after`, at most `limit`; `words` is searched for in their texts."""
    statement = select(Image).where(Image.deleted_at.is_(None))
    statement = statement.order_by(Image.created_at.desc(), Image.id.desc()).limit(limit)
    if agencies:
        statement = statement.where(Image.agency.in_(agencies))
    if has_alt is not None:
        told = or_(Image.is_decorative, Image.alt.is_not(None))
        statement = statement.where(told if has_alt else ~told)
    if is_proposed is not None:
        statement = statement.where(Image.proposed_at.is_not(None) if is_proposed else Image.proposed_at.is_(None))
    if words is not None:
        columns = (Image.alt, Image.caption, Image.credit, Image.name)
        statement = statement.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if after is not None:
        statement = statement.where(tuple_(Image.created_at, Image.id) < after)
    return session.scalars(statement).all()


@counts_bytes
def bytes_of_images(agency: str) -> int:
    """The bytes of the agency's images; renditions do not count, as they can be made again."""
    return int(session.scalar(select(func.sum(Image.bytes)).where(Image.agency == agency)) or 0)


def image_waits() -> bool:
    """True while an image waits for its renditions."""
    with rolled_back():
        return session.scalar(select(Image.id).where(Image.waiting_since.is_not(None)).limit(1)) is not None
