"""`/manage/v1/documents/{id}/files`: uploading, downloading and taking out files."""

from __future__ import annotations

from flask import Response

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, created_answer
from cms.core.http.api import Blueprint
from cms.core.http.conditional import expected_version, version_headers
from cms.core.http.files import FileFacts, file_answer
from cms.core.http.multipart import announced_bytes, upload_form
from cms.core.http.schemas import one
from cms.core.permissions import Permission
from cms.core.runtime import runtime
from cms.core.versions import written
from cms.documents.file_schemas import UPLOAD_BODY, FileFieldsSchema, UploadedFileSchema
from cms.documents.files import check_may_add, file_path, get_file, received, render_file
from cms.documents.kinds import ACCEPTED_MEDIA_TYPES
from cms.documents.services import add_file, remove_file
from cms.editorial.warnings import with_warnings

blp = Blueprint("files", __name__, url_prefix="/manage/v1/documents")


@blp.route("/<item_id>/files", methods=["POST"])
@requires(Permission.CONTENT_EDIT)
@blp.response(201, one(UploadedFileSchema))
@blp.problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
@blp.doc(requestBody=UPLOAD_BODY)
def add_document_file(item_id: str) -> Answer:
    """Add a file to a document.

    Send `multipart/form-data`; the body is read as a stream and checked as it arrives. Makes a new edition of the document; the
    ETag is its version. A PDF that is encrypted, or has bytes before it, is taken with a warning. No If-Match is needed, because
    adding overwrites no one's work. Readers get the file with the next publish.
    """
    check_may_add(current_actor(), item_id, announced_bytes())
    with upload_form(received, FileFieldsSchema(), runtime().settings.max_file_bytes) as form:
        position = form.values.pop("position", None)
        added = add_file(current_actor(), item_id, form.upload, form.values, position)
    shown = {**render_file(added.file, added.entry), "document_version": written(added.item.version)}
    answer = created_answer(shown, added.item.version, file_path(added.file))
    return with_warnings(answer, added.edited)


@blp.route("/<item_id>/files/<file_id>", methods=["GET"])
@requires(Permission.CONTENT_READ)
@blp.sends_bytes(*ACCEPTED_MEDIA_TYPES)
@blp.problems(401, 403, 404, 503)
def download_document_file(item_id: str, file_id: str) -> Response:
    """Download a file of any edition of a document.

    Takes `Range`, `If-Range` and `If-None-Match`.
    """
    file = get_file(current_actor(), item_id, file_id)
    facts = FileFacts(file.name, file.media_type, file.bytes, file.sha256, file.created_at, file.is_attachment)
    return file_answer(facts, {"Cache-Control": "private, no-store"})


@blp.route("/<item_id>/files/<file_id>", methods=["DELETE"])
@requires(Permission.CONTENT_EDIT)
@blp.response(204)
@blp.problems(401, 403, 404, 409, 412, 428)
def remove_document_file(item_id: str, file_id: str) -> Response:
    """Take a file out of the draft.

    Makes a new edition of the document; the ETag is its version. Readers keep the file until the next publish.
    """
    item = remove_file(current_actor(), item_id, file_id, expected_version())
    return Response(status=204, headers=version_headers(item.version))
