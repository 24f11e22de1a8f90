"""Rules about one image: its owner, for the permission map, and that it has text or is decorative."""

from __future__ import annotations

from cms.core.errors import invalid_field
from cms.core.permissions import Target
from cms.media.models import Image


def target_of(image: Image) -> Target:
    """The image as the permission map sees it."""
    return Target(agency=image.agency, channel=image.agency, author_id=image.uploaded_by_id)


def check_alt(alt: str | None, is_decorative: bool) -> None:
    """An image has an `alt` text or is decorative. Raises `Invalid` for both at once."""
    if is_decorative and alt:
        raise invalid_field("/alt", "not_with", other="decorative")
