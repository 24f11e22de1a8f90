"""`/manage/v1/media/{id}`: changing and removing images, and where they are used. Uploading: `cms.media.routes`."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, one_answer, whole_answer
from cms.core.http.api import CHANGE_PROBLEMS, Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import one
from cms.core.http.warnings import warning
from cms.core.permissions import Permission
from cms.editorial.images import services
from cms.editorial.images.presenter import render_use
from cms.editorial.images.queries import uses_of
from cms.editorial.images.schemas import ImageUsesSchema
from cms.media.presenter import render_image
from cms.media.schemas import ImageSchema, ImageUpdateSchema

blp = Blueprint("image_uses", __name__, url_prefix="/manage/v1/media")


@blp.route("/<string:id>", methods=["PATCH"])
@requires(Permission.MEDIA_WRITE)
@blp.arguments(ImageUpdateSchema)
@blp.response(200, one(ImageSchema))
@blp.problems(*CHANGE_PROBLEMS)
@blp.doc(tags=["media"])
def update_image(changes: dict[str, Any], id: str) -> Answer:
    """Change the words or the focal point of an image.

    JSON merge patch (RFC 7396). The worker then renders again the items that show the image. While a published or approved
    item shows it, changing it needs the right to publish that item. If such an item needs a second person, so do the words:
    they wait in `proposed` (warning `second_person_needed`) until another person sends the same change.
    """
    image = services.update_image(current_actor(), id, expected_version(), changes)
    body, status, headers = one_answer(render_image(image), image.version)
    if image.proposed is not None:
        body["meta"]["warnings"] = [warning("second_person_needed")]
    return body, status, headers


@blp.route("/<string:id>", methods=["DELETE"])
@requires(Permission.MEDIA_DELETE)
@blp.response(204)
@blp.problems(401, 403, 404, 409, 412, 428)
@blp.doc(tags=["media"])
def delete_image(id: str) -> Response:
    """Remove an image that no item shows.

    409 `in_use` names items that show it, as draft or published. It is purged 72 hours later; uploading the same picture before
    that restores it under its id.
    """
    services.delete_image(current_actor(), id, expected_version())
    return Response(status=204)


@blp.route("/<string:id>/uses", methods=["GET"])
@requires(Permission.MEDIA_READ)
@blp.response(200, one(ImageUsesSchema))
@blp.problems(401, 403, 404)
@blp.doc(tags=["media"])
def list_image_uses(id: str) -> Answer:
    """List the items that show an image.

    As cover or in the body, in their newest edition, or in a live or scheduled publication.
    """
    items, total = uses_of(id, current_actor())
    return whole_answer({"items": [render_use(item) for item in items], "total": total})
