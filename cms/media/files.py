"""The bytes of images for editors: the whole image, or a rendition once the worker has made it."""

from __future__ import annotations

from datetime import datetime

from cms.core.errors import NotFound
from cms.core.http.files import FileFacts
from cms.media.models import Image
from cms.media.presenter import file_name
from cms.media.presets import ORIGINAL, full_name
from cms.media.queries import find_rendition, get_image


def image_file(image_id: str, name: str) -> FileFacts:
    """The file stored under this name; the whole image until the rendition is made. Raises `NotFound`."""
    full = full_name(name)
    if full is None:
        raise NotFound
    image = get_image(image_id)
    found = None if full == ORIGINAL else find_rendition(image, full)
    if found is None:
        return facts(image, ORIGINAL, image.media_type, image.bytes, image.sha256, image.created_at)
    return facts(image, full, found.media_type, found.bytes, found.sha256, image.created_at)


def facts(image: Image, name: str, media_type: str, size: int, sha256: str, moment: datetime) -> FileFacts:
    """Size, type and digest of stored bytes, for the headers of an answer."""
    return FileFacts(file_name(image.id, name, media_type), media_type, size, sha256, moment)
