"""`/v1/documents/{id}/files/{file_id}`: downloads, by readers' sites and apps."""

from __future__ import annotations

from flask import Response

from cms.core.http.api import Blueprint
from cms.core.http.files import SAFETY_HEADERS
from cms.delivery.files import read_file
from cms.serving.admission import DeliveryRequest, serves

blp = Blueprint("delivery_files", __name__)


@blp.after_request
def keep_harmless(answer: Response) -> Response:
    """Send the headers that keep a file harmless on errors too (R-F3)."""
    for name, value in SAFETY_HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


@blp.route("/v1/documents/<string:id>/files/<string:file_id>")
@serves("files:read")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="*/*", example="%PDF-1.7 ...")
@blp.conditional
@blp.alt_response(
    206,
    schema={"type": "string", "format": "binary"},
    content_type="*/*",
    description="The range that was asked for.",
    example="%PDF",
)
@blp.problems(401, 403, 404, 416, 503)
@blp.doc(tags=["delivery"])
def download_file(request: DeliveryRequest, id: str, file_id: str) -> Response:
    """Download a file of a published document.

    Takes `Range`, `If-Range` and `If-None-Match`; the ETag is the SHA-256 of the bytes, which never change. 404 as soon as no
    published edition shows the file.
    """
    return read_file(request, id, file_id)
