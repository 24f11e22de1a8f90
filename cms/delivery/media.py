"""Images that readers see. An image that no live publication shows does not exist here, even under its right address.

The stable address of an image redirects to one that changes with its bytes, so that caches can keep the bytes for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import Response

from cms.core import clock
from cms.core.errors import NotFound
from cms.core.http.files import SAFETY_HEADERS, FileFacts, file_answer
from cms.core.runtime import runtime
from cms.media.presenter import file_name, original_fingerprint
from cms.media.presets import ORIGINAL, fingerprint_of, full_name
from cms.publishing.shown_files import find_image
from cms.serving.admission import DeliveryRequest
from cms.serving.state import serving_state

FOR_EVER: Final = "public, max-age=31536000, immutable"
# The bytes change as soon as the worker has made the rendition.
FOR_NOW: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class _Stored:
    """Bytes in the storage."""

    sha256: str
    media_type: str
    bytes: int


@dataclass(frozen=True, slots=True)
class _Found:
    """An image that readers may see, and the requested file if it is made."""

    original: _Stored
    fingerprint: str
    rendition: _Stored | None


def lead_to_image(request: DeliveryRequest, image_id: str, name: str) -> Response:
    """A redirect from the stable address to the present bytes.

    Raises `NotFound` also for images that the key's agencies do not show.
    """
    full = full_name(name)
    agencies = request.sources.visible_agencies()
    found = None if full is None else _live(image_id, full, "", agencies)
    if found is None or full is None:
        raise NotFound
    fingerprint = original_fingerprint(found.original.sha256) if full == ORIGINAL else found.fingerprint
    max_age = runtime().settings.delivery_max_age
    return Response(
        status=307,
        headers={
            **SAFETY_HEADERS,
            "Location": f"/v1/media/{image_id}/{fingerprint}/{full}",
            "Cache-Control": f"public, max-age={max_age}, must-revalidate",
            "Vary": "Authorization",
            **_groups(image_id),
        },
    )


def read_image(image_id: str, fingerprint: str, name: str) -> Response:
    """The bytes behind an address whose bytes never change. Raises `NotFound`."""
    full = full_name(name)
    found = None if full != name else _live(image_id, name, fingerprint, None)
    if found is None:
        raise NotFound
    stored, caching = found.rendition, FOR_EVER
    if name == ORIGINAL and fingerprint == original_fingerprint(found.original.sha256):
        stored = found.original
    elif stored is None and fingerprint == found.fingerprint:
        stored, caching = found.original, FOR_NOW
    if stored is None:
        raise NotFound
    facts = FileFacts(
        file_name(image_id, name, stored.media_type), stored.media_type, stored.bytes, stored.sha256, _born(image_id)
    )
    return file_answer(facts, {"Cache-Control": caching, **_groups(image_id)})


def _live(image_id: str, name: str, fingerprint: str, agencies: frozenset[str] | None) -> _Found | None:
    """The image, while a publication with it is live for a key of these agencies (None: any key)."""
    row = find_image(serving_state().reader, image_id, name, fingerprint, agencies, clock.now_micros())
    if row is None:
        return None
    sha256, media_type, size, focal_x, focal_y, *rendition = row
    made = None if rendition[0] is None else _Stored(rendition[0], rendition[1], int(rendition[2]))
    return _Found(_Stored(sha256, media_type, int(size)), fingerprint_of(sha256, int(focal_x), int(focal_y)), made)


def _groups(image_id: str) -> dict[str, str]:
    return {"Cache-Groups": f'"media", "media-{image_id}"', "Surrogate-Key": f"media media-{image_id}"}


def _born(image_id: str) -> Any:
    """When the image was uploaded: a UUIDv7 begins with the time in milliseconds."""
    return clock.EPOCH + timedelta(milliseconds=int(image_id.replace("-", "")[:12], 16))
