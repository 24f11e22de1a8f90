"""`/v1/documents/{id}/files/{file_id}`: downloads, by readers' sites and apps; for each content type that has files."""

from __future__ import annotations

from flask import Response

from cms.core.http.api import Blueprint
from cms.core.http.files import SAFETY_HEADERS
from cms.core.http.operations import Operations
from cms.delivery.files import read_file
from cms.publishing.delivered import DeliveredType, DeliveredTypes
from cms.serving.admission import DeliveryRequest, serves

operations = Operations[DeliveredType]()


def file_blueprint(types: DeliveredTypes) -> Blueprint:
    """The routes of the types that have files."""
    blueprint = Blueprint("delivery_files", __name__, url_prefix="/v1")
    blueprint.after_request(keep_harmless)
    for delivered in types.types:
        if delivered.file_types:
            operations.mount(blueprint, delivered, f"/{delivered.topic}")
    return blueprint


def keep_harmless(answer: Response) -> Response:
    """Send the headers that keep a file harmless on errors too (R-F3)."""
    for name, value in SAFETY_HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


@operations.route(
    "/<string:id>/files/<string:file_id>",
    serves("files:read", needs_flask=True),
    sends=lambda delivered: delivered.file_types,
    problems=(401, 403, 404, 503),
    tags=("delivery",),
)
def download_item_file(delivered: DeliveredType, request: DeliveryRequest, id: str, file_id: str) -> Response:
    """Download a file of a published {type}.

    Takes `Range`, `If-Range` and `If-None-Match`; the ETag is the SHA-256 of the bytes, which never change. 404 as soon as no
    published edition shows the file.
    """
    return read_file(request, delivered, id, file_id)
