"""What was said about an image before, and by whom: so that it can be put right again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select

from cms.core.db import UnitOfWork, session
from cms.core.permissions import Actor
from cms.media.models import Image, ImageVersion

KEPT_FIELDS = ("alt", "is_decorative", "caption", "credit", "focal_x", "focal_y")
"""What people say about an image; its bytes never change."""
UNKNOWN = Actor(None, "unknown")


def keep_first_version(unit: UnitOfWork, image: Image) -> None:
    """Keep what is said about an image of before this was kept; call it before the image is changed. Nobody knows who said it."""
    if find_newest_version(image.id) is None:
        keep_version(unit, image, UNKNOWN)


def keep_version(unit: UnitOfWork, image: Image, actor: Actor) -> None:
    """Keep what is said about the image now; call it after every change of it, once its version is counted."""
    said = {name: getattr(image, name) for name in KEPT_FIELDS}
    unit.add(
        ImageVersion(
            image_id=image.id, version=image.version, author_id=actor.id, author_label=actor.label,
            saved_at=image.updated_at, **said,
        )
    )  # fmt: skip


def find_newest_version(image_id: str) -> ImageVersion | None:
    """What was said last, and by whom."""
    return session.scalar(_newest(image_id).limit(1))


def find_version_by_others(image_id: str, author_id: str, since: datetime) -> ImageVersion | None:
    """The newest of what this person did not say, or said before this moment; None when there is nothing else."""
    others = or_(ImageVersion.author_id.is_(None), ImageVersion.author_id != author_id, ImageVersion.saved_at < since)
    return session.scalar(_newest(image_id).where(others).limit(1))


def _newest(image_id: str) -> Select[ImageVersion]:
    return select(ImageVersion).where(ImageVersion.image_id == image_id).order_by(ImageVersion.version.desc())
