"""What is acted upon, as the permission map asks: an image is owned by an agency and was uploaded by somebody."""

from __future__ import annotations

from cms.core.permissions import Target
from cms.media.models import Image


def target_of(image: Image) -> Target:
    """The image as the permission map sees it."""
    return Target(agency=image.agency, channel=image.agency, author_id=image.uploaded_by_id)
