"""Earlier words about an image and who wrote them, so that they can be restored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select

from cms.core.db import UnitOfWork, session
from cms.core.permissions import Actor
from cms.media.models import Image, ImageVersion

KEPT_FIELDS = ("alt", "is_decorative", "caption", "credit", "focal_x", "focal_y")
"""The fields of an image that people can change; its bytes never change."""
UNKNOWN = Actor(None, "unknown")


def keep_first_version(unit: UnitOfWork, image: Image) -> None:
    """Store the present words of an image that has no history yet, without an author, as none is known. Call it before a change."""
    if find_newest_version(image.id) is None:
        keep_version(unit, image, UNKNOWN)


def keep_version(unit: UnitOfWork, image: Image, actor: Actor) -> None:
    """Store the present words of the image; call it after every change, once its version is counted."""
    said = {name: getattr(image, name) for name in KEPT_FIELDS}
    unit.add(
        ImageVersion(
            image_id=image.id, version=image.version, author_id=actor.id, author_label=actor.label,
            saved_at=image.updated_at, **said,
        )
    )  # fmt: skip


def find_newest_version(image_id: str) -> ImageVersion | None:
    """The newest stored words and their author."""
    return session.scalar(_newest(image_id).limit(1))


def find_version_by_others(image_id: str, author_id: str, since: datetime) -> ImageVersion | None:
    """The newest words that are not by this person or are from before this moment; None if there are none."""
    others = or_(ImageVersion.author_id.is_(None), ImageVersion.author_id != author_id, ImageVersion.saved_at < since)
    return session.scalar(_newest(image_id).where(others).limit(1))


def _newest(image_id: str) -> Select[ImageVersion]:
    return select(ImageVersion).where(ImageVersion.image_id == image_id).order_by(ImageVersion.version.desc())
