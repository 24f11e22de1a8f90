"""`/v1/media`: images of published items, by their stable address and by the one of their bytes."""

from __future__ import annotations

from flask import Response

from cms.core.http.access import Plane, public
from cms.core.http.api import Blueprint
from cms.delivery.file_routes import keep_harmless
from cms.delivery.media import lead_to_image, read_image
from cms.media.presenter import IMAGE_TYPES
from cms.media.presets import NAMES
from cms.serving.admission import DeliveryRequest, serves

blp = Blueprint("delivery_media", __name__)
blp.after_request(keep_harmless)

NAME = {
    "name": "rendition",
    "in": "path",
    "description": f"`original`, or one of {', '.join(f'`{name}`' for name in NAMES)}.",
    "schema": {"type": "string"},
    "example": "card.webp",
}
FINGERPRINT = {
    "name": "fingerprint",
    "in": "path",
    "description": "Identifies the bytes: 16 hexadecimal digits, as in the delivered addresses.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "example": "3f0a5c7e9b1d2468",
}


@blp.route("/v1/media/<string:id>/<string:rendition>", parameters=[NAME])
@serves("files:read", needs_flask=True)
@blp.response(307, description="`Location` is the address of the present bytes.")
@blp.problems(401, 403, 404, 503)
@blp.doc(tags=["delivery"])
def find_image(request: DeliveryRequest, id: str, rendition: str) -> Response:
    """Find the present bytes of an image.

    The stable address: without an extension JPEG is meant. 404 as soon as no published item shows the image.
    """
    return lead_to_image(request, id, rendition)


@blp.route("/v1/media/<string:id>/<string:fingerprint>/<string:rendition>", parameters=[FINGERPRINT, NAME])
@public(Plane.DELIVERY)
@blp.sends_bytes(*IMAGE_TYPES)
@blp.problems(401, 404, 503)
@blp.doc(tags=["delivery"])
def show_image(id: str, fingerprint: str, rendition: str) -> Response:
    """Get an image of a published item.

    Needs no key, so that pages can embed it, and may be cached for a year: other bytes have another address. Until the worker
    has made a rendition, its address answers with the whole image and `no-cache`. Takes `Range` and `If-None-Match`.
    """
    return read_image(id, fingerprint, rendition)
