"""Uploaded files on their way in, and as editors see them.

An upload is first received as a complete temporary file, with its size, digest and kind. Its bytes are never rewritten: they
may be signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cms.agencies.quota import check_room
from cms.core.clock import rfc3339
from cms.core.db import rolled_back, session
from cms.core.errors import NotFound
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.storage.names import clean_name
from cms.core.storage.uploads import incoming_file
from cms.documents.content import DOCUMENT
from cms.documents.file_types import recognised_type
from cms.documents.file_words import NOTHING, FileWords, read_words
from cms.documents.kinds import Recognised
from cms.documents.models import DocumentFile
from cms.documents.queries import find_files
from cms.editorial.items.policies import Operation, authorize_operation, check_state
from cms.editorial.items.queries import get_edition, get_item
from cms.file_texts.models import FileText
from cms.file_texts.presenter import render_text
from cms.file_texts.queries import find_texts
from cms.virus_scans.models import VirusScan
from cms.virus_scans.presenter import render_scan
from cms.virus_scans.queries import find_scans, is_released


@dataclass(frozen=True, slots=True)
class Upload:
    """A complete file that waits to be stored; `name` is clean, `kind` is by its content."""

    path: Path
    name: str
    kind: Recognised
    bytes: int
    sha256: str
    words: FileWords = NOTHING


@contextmanager
def received(chunks: Iterable[bytes], name: str) -> Iterator[Upload]:
    """Write a file to the incoming folder while hashing it; files that are not stored by the end are removed.

    Raises `TooLarge` as soon as it is larger than MAX_FILE_BYTES, `Invalid` about its content, `Unavailable`.
    """
    with incoming_file(chunks, runtime().settings.max_file_bytes) as file:
        cleaned = clean_name(name)
        found = recognised_type(file.path, cleaned)
        words = read_words(file.path, found.media_type)
        yield Upload(file.path, cleaned, found, file.bytes, file.sha256, words)


def check_may_add(actor: Actor, document_id: str, coming: int) -> None:
    """Decide before the first byte of an upload is read (R-Z3). Raises `NotFound`, `Forbidden`, `Conflict`, `TooLarge`.

    `coming` is the announced number of bytes. No transaction stays open while a slow client sends; the service checks once more
    when it stores the row.
    """
    city_channel = runtime().settings.city_channel
    with rolled_back():
        item = get_item(DOCUMENT, document_id, actor)
        authorize_operation(actor, Operation.EDIT, item, city_channel)
        check_state(actor, Operation.EDIT, item, city_channel)
        # The reader of the body reports a file that is too large for any document.
        check_room(item.agency, min(coming, runtime().settings.max_file_bytes))


def get_file(actor: Actor, document_id: str, file_id: str) -> DocumentFile:
    """A file of any edition of a document that the actor may see. Raises `NotFound`."""
    get_item(DOCUMENT, document_id, actor)
    file = session.scalar(
        select(DocumentFile).where(DocumentFile.id == file_id, DocumentFile.document_id == document_id)
    )
    if file is None:
        raise NotFound
    return file


def list_files(actor: Actor, document_id: str) -> list[dict[str, Any]]:
    """The files that the newest edition shows, as editors see them, in its order. Raises `NotFound`."""
    entries = get_edition(get_item(DOCUMENT, document_id, actor)).content["files"]
    files = find_files(document_id, [entry["id"] for entry in entries])
    digests = [file.sha256 for file in files.values()]
    texts, scans = find_texts(digests), find_scans(digests)
    shown = [(files[entry["id"]], entry) for entry in entries]
    return [render_file(file, entry, texts.get(file.sha256), scans.get(file.sha256)) for file, entry in shown]


def check_released(file: DocumentFile) -> None:
    """Raises `NotFound("file_held")` unless the virus scanner lets the file go."""
    scan = find_scans([file.sha256]).get(file.sha256)
    if not is_released(None if scan is None else scan.state):
        raise NotFound("file_held")


def render_file(
    file: DocumentFile, entry: Mapping[str, Any], text: FileText | None, scan: VirusScan | None
) -> dict[str, Any]:
    """A file as editors see it; `entry` is what the content says about it, `text` what was read of it, `scan` what the virus scanner said."""
    return {
        **entry,
        "name": file.name,
        "media_type": file.media_type,
        "protected": file.is_protected,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "created_at": rfc3339(file.created_at),
        "text": render_text(text),
        "virus_scan": render_scan(scan),
        "url": file_path(file),
    }


def file_path(file: DocumentFile) -> str:
    """The path where editors download it."""
    return f"/manage/v1/documents/{file.document_id}/files/{file.id}"
