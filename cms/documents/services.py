"""Adding files to documents and taking them out. Everything else that is done to a document is `cms.editorial.items.services`."""

from __future__ import annotations

from dataclasses import dataclass

from cms.agencies.quota import take_room
from cms.core import clock
from cms.core.db import is_rehearsal, unit_of_work
from cms.core.errors import NotFound, invalid_field
from cms.core.ids import new_id
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.versions import Expected
from cms.documents.content import DOCUMENT, MOST_FILES
from cms.documents.files import Upload, check_may_add
from cms.documents.models import DocumentFile
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_revision
from cms.editorial.saving import load_for, save_edition


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file with the name that readers see, and its document after it was added."""

    file: DocumentFile
    label: str
    item: Item


def add_file(
    actor: Actor, document_id: str, upload: Upload, label: str | None = None, position: int | None = None
) -> AddedFile:
    """Store the bytes, then the row and the document's next edition, which shows the file at `position` (1 is first) or last.

    No `If-Match`: adding destroys nobody's work. Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid` when the document is full,
    `Unavailable`. When it fails after the bytes were stored, `sweep_orphans` removes them.
    """
    check_may_add(actor, document_id, upload.bytes)
    if not is_rehearsal():
        runtime().storage.put(upload.path, upload.sha256)
    with unit_of_work() as unit:
        item = load_for(DOCUMENT, actor, Operation.EDIT, document_id, None)
        take_room(unit, item.agency, upload.bytes)
        content = dict(get_revision(item).content)
        if len(content["files"]) >= MOST_FILES:
            raise invalid_field("/file", "too_many_files", max=MOST_FILES)
        file = DocumentFile(
            id=new_id(), document_id=item.id, name=upload.name, media_type=upload.media_type, bytes=upload.bytes,
            sha256=upload.sha256, created_at=clock.now(), uploaded_by=actor.label,
            words=upload.words.text, is_read_whole=upload.words.is_whole,
        )  # fmt: skip
        unit.add(file)
        unit.session.flush()
        entry = {"id": file.id, "label": label or file.name}
        index = len(content["files"]) if position is None else position - 1
        content["files"] = [*content["files"][:index], entry, *content["files"][index:]]
        save_edition(unit, DOCUMENT, item, actor, content)
    return AddedFile(file, entry["label"], item)


def remove_file(actor: Actor, document_id: str, file_id: str, expected: Expected) -> Item:
    """Save an edition without the file. Earlier editions, the published one among them, keep showing it.

    Raises `NotFound` also when the newest edition does not show the file, `Forbidden`, `StaleVersion`, `Conflict`.
    """
    with unit_of_work() as unit:
        item = load_for(DOCUMENT, actor, Operation.EDIT, document_id, expected)
        content = dict(get_revision(item).content)
        kept = [entry for entry in content["files"] if entry["id"] != file_id]
        if len(kept) == len(content["files"]):
            raise NotFound
        content["files"] = kept
        save_edition(unit, DOCUMENT, item, actor, content)
    return item
