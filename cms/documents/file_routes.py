"""`/manage/v1/documents/{id}/files`: uploading, downloading and taking out files."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer
from cms.core.http.api import Blueprint
from cms.core.http.conditional import expected_version, version_headers
from cms.core.http.files import FileFacts, file_answer
from cms.core.http.multipart import announced_bytes, upload_form
from cms.core.http.schemas import PageQuerySchema, many, one
from cms.core.permissions import Permission
from cms.core.runtime import runtime
from cms.core.versions import written
from cms.documents.file_schemas import UPLOAD_BODY, AddedFileSchema, FileFieldsSchema, UploadedFileSchema
from cms.documents.files import check_may_add, check_released, file_path, get_file, list_files, received, render_file
from cms.documents.kinds import ACCEPTED_MEDIA_TYPES
from cms.documents.services import add_file, remove_file
from cms.editorial.warnings import with_warnings
from cms.file_texts.presenter import render_page
from cms.file_texts.queries import find_pages, find_texts
from cms.file_texts.schemas import FileTextPageSchema
from cms.virus_scans.queries import find_scans

blp = Blueprint("files", __name__, url_prefix="/manage/v1/documents")


@blp.route("/<item_id>/files", methods=["GET"])
@requires(Permission.CONTENT_READ)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, many(UploadedFileSchema))
@blp.problems(400, 401, 403, 404)
def list_document_files(query: dict[str, Any], item_id: str) -> Answer:
    """List the files that the newest edition of a document shows.

    In its order, with what was read of each: text layer, structure, language (see `text`).
    """
    page = PageRequest(query)
    begins = page.after[0] if page.after else 0
    rows = list(enumerate(list_files(current_actor(), item_id), start=1))[begins : begins + page.fetch]
    return page.answer(rows, lambda row: row[1], lambda row: [row[0]])


@blp.route("/<item_id>/files", methods=["POST"])
@requires(Permission.CONTENT_EDIT)
@blp.response(201, one(AddedFileSchema))
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
    sha256 = added.file.sha256
    rendered = render_file(added.file, added.entry, find_texts([sha256]).get(sha256), find_scans([sha256]).get(sha256))
    shown = {**rendered, "document_version": written(added.item.version)}
    answer = created_answer(shown, added.item.version, file_path(added.file))
    return with_warnings(answer, added.edited)


@blp.route("/<item_id>/files/<file_id>", methods=["GET"])
@requires(Permission.CONTENT_READ)
@blp.sends_bytes(*ACCEPTED_MEDIA_TYPES)
@blp.problems(401, 403, 404, 503)
def download_document_file(item_id: str, file_id: str) -> Response:
    """Download a file of any edition of a document.

    Takes `Range`, `If-Range` and `If-None-Match`. 404 `file_held` until the virus scanner has found it clean, where there is one.
    """
    file = get_file(current_actor(), item_id, file_id)
    check_released(file)
    facts = FileFacts(file.name, file.media_type, file.bytes, file.sha256, file.created_at, file.is_attachment)
    return file_answer(facts, {"Cache-Control": "private, no-store"})


@blp.route("/<item_id>/files/<file_id>/text", methods=["GET"])
@requires(Permission.CONTENT_READ)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, many(FileTextPageSchema))
@blp.problems(400, 401, 403, 404)
def read_document_file_text(query: dict[str, Any], item_id: str, file_id: str) -> Answer:
    """Read the text of a file, page by page.

    What a screen reader and search get of it. Empty until it has been read, and for what has no text: `text` of the file says why.
    """
    page = PageRequest(query)
    file = get_file(current_actor(), item_id, file_id)
    rows = find_pages(file.sha256, page.after[0] if page.after else 0, page.fetch)
    return page.answer(rows, render_page, lambda shown: [shown.number])


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
