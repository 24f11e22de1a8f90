"""`/manage/v1/media`: uploading and finding images. Changing and removing them: `cms.editorial.images.routes`."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.clock import from_micros, micros
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import Blueprint
from cms.core.http.files import file_answer
from cms.core.http.multipart import upload_form
from cms.core.http.schemas import many, one
from cms.core.http.warnings import warning
from cms.core.permissions import Permission
from cms.core.runtime import runtime
from cms.media import queries
from cms.media.files import image_file
from cms.media.presenter import IMAGE_TYPES, render_image
from cms.media.queries import get_image
from cms.media.schemas import (
    RENDITION_PARAMETER,
    UPLOAD_BODY,
    ImageFieldsSchema,
    ImageQuerySchema,
    ImageSchema,
)
from cms.media.services import AddedImage, add_image
from cms.media.uploads import received_image

blp = Blueprint(
    "media", __name__, url_prefix="/manage/v1/media", description="Images with alternative text and credit."
)


@blp.route("", methods=["POST"])
@requires(Permission.MEDIA_WRITE)
@blp.response(201, one(ImageSchema))
@blp.alt_response(200, schema=one(ImageSchema), description="The agency has this image already.")
@blp.problems(400, 401, 403, 409, 413, 415, 422, 503)
@blp.doc(requestBody=UPLOAD_BODY)
def upload_image() -> Answer:
    """Upload an image.

    Send `multipart/form-data`. The image is decoded in a limited process and written anew: upright, in sRGB, without EXIF, place,
    comments or colour profile. Uploading the same picture again answers 200 with the existing image and a warning `duplicate`.
    """
    with upload_form(received_image, ImageFieldsSchema(), runtime().settings.media_max_bytes) as form:
        added = add_image(current_actor(), form.upload, form.values)
        return _added_answer(added, form.upload.image.frames)


def _added_answer(added: AddedImage, frames: int) -> Answer:
    image, warnings = added.image, [] if added.is_new else [warning("duplicate")]
    if frames > 1:
        warnings = [*warnings, warning("first_picture_only")]
    shown = render_image(image)
    if added.is_new:
        body, status, headers = created_answer(shown, image.version, f"/manage/v1/media/{image.id}")
    else:
        body, status, headers = one_answer(shown, image.version)
    if warnings:
        body["meta"]["warnings"] = warnings
    return body, status, headers


@blp.route("", methods=["GET"])
@requires(Permission.MEDIA_READ)
@blp.arguments(ImageQuerySchema, location="query")
@blp.response(200, many(ImageSchema))
@blp.problems(400, 401, 403)
def list_images(query: dict[str, Any]) -> Answer:
    """List images.

    Newest first. The library is shared: every editor sees the images of every agency and may use them.
    """
    page = PageRequest(query)
    rows = queries.list_images(
        agencies=query.get("agency", ()),
        has_alt=query.get("has_alt"),
        is_proposed=query.get("is_proposed"),
        words=query.get("q"),
        limit=page.fetch,
        after=(from_micros(page.after[0]), page.after[1]) if page.after else None,
    )
    return page.answer(rows, render_image, lambda image: [micros(image.created_at), image.id])


@blp.route("/<string:id>", methods=["GET"])
@requires(Permission.MEDIA_READ)
@blp.response(200, one(ImageSchema))
@blp.problems(401, 403, 404)
def read_image(id: str) -> Answer:
    """Read an image's data.

    A change must send the answer's ETag in If-Match.
    """
    image = get_image(id)
    return one_answer(render_image(image), image.version)


@blp.route("/<string:id>/renditions/<string:name>", methods=["GET"], parameters=RENDITION_PARAMETER)
@requires(Permission.MEDIA_READ)
@blp.sends_bytes(*IMAGE_TYPES)
@blp.problems(401, 403, 404, 503)
def read_rendition(id: str, name: str) -> Response:
    """Get an image, whether a published item shows it or not.

    Answers with the whole image while the worker has not made the rendition. Takes `Range`, `If-Range` and `If-None-Match`.
    """
    return file_answer(image_file(id, name), {"Cache-Control": "private, no-store"})
