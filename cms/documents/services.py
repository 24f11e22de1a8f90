"""Adds files to documents, takes them out, and writes what the virus scanner says. All other writes of documents are in `cms.editorial.items.services`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from cms.agencies.quota import take_room
from cms.changes.actions import ContentVerb
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, is_rehearsal, unit_of_work
from cms.core.errors import NotFound, invalid_field
from cms.core.ids import new_id
from cms.core.logging import get_logger
from cms.core.permissions import Actor, system_actor
from cms.core.prepared import foreseen
from cms.core.runtime import runtime
from cms.core.versions import Expected
from cms.documents.content import DOCUMENT, FILE_DEFAULTS, MOST_FILES, beside_files
from cms.documents.files import Upload, check_may_add
from cms.documents.models import DocumentFile
from cms.documents.queries import find_files
from cms.editorial.content_types import Content
from cms.editorial.edit import Edit, Edited
from cms.editorial.editing import editing
from cms.editorial.items.models import Item, State
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_edition, get_item
from cms.editorial.preparing import foresee_change, foresee_content
from cms.editorial.saving import save_edition
from cms.file_texts.models import FileText
from cms.file_texts.queueing import expect_text
from cms.moderation.alarms import raise_alarm
from cms.privacy.findings import Finding
from cms.virus_scans.models import ScanState, VirusScan
from cms.virus_scans.queueing import expect_scan, waiting_rows

log = get_logger(__name__)

GUARD = system_actor("privacy guard")
MOST_QUEUED = 500
"""How many bytes are queued in one transaction."""


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file with its entry in the content, and its document after it was added."""

    file: DocumentFile
    entry: Mapping[str, Any]
    edited: Edited

    @property
    def item(self) -> Item:
        """The document."""
        return self.edited.item


def add_file(
    actor: Actor,
    document_id: str,
    upload: Upload,
    about: Mapping[str, Any] | None = None,
    position: int | None = None,
) -> AddedFile:
    """Store the bytes, then the row and the document's next edition, which shows the file at `position` (1 is first) or last.

    `about` is what is said about it: `label` (its name by default), `role`, `variant`, `language`. Needs no `If-Match`: adding overwrites no one's work. Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid` when the document is full,
    `Unavailable`. When it fails after the bytes were stored, `sweep_orphans` removes them.
    """
    check_may_add(actor, document_id, upload.bytes)
    if not is_rehearsal():
        runtime().storage.put(upload.path, upload.sha256)
    file = _file(actor, document_id, upload)
    entry = {"id": file.id, "label": upload.name, **FILE_DEFAULTS, **(about or {})}
    with (
        foreseen(lambda: _foresee_file(actor, file, entry, position)),
        editing(DOCUMENT, actor, document_id, Operation.EDIT, None) as edit,
    ):
        item = edit.item
        take_room(edit.unit, item.agency, upload.bytes)
        content = get_edition(item).content
        if len(content["files"]) >= MOST_FILES:
            raise invalid_field("/file", "too_many_files", max=MOST_FILES)
        edit.unit.add(file)
        expect_text(edit.unit, file.sha256, file.media_type)
        expect_scan(edit.unit, file.sha256)
        edit.unit.session.flush()
        edited = save_edition(edit, _with_entry(content, entry, position))
    return AddedFile(file, entry, edited)


def expect_unscanned() -> int:
    """Queue the bytes of files that were stored without a scanner, or by code that knew none; returns how many. No line: nothing has changed."""
    with unit_of_work() as unit:
        known = select(VirusScan.sha256).where(VirusScan.sha256 == DocumentFile.sha256).exists()
        missing = unit.session.scalars(select(DocumentFile.sha256).where(~known).distinct().limit(MOST_QUEUED)).all()
        for sha256 in missing:
            row = {"sha256": sha256, "state": ScanState.WAITING.value, "received_at": clock.now()}
            unit.session.execute(waiting_rows(unit).values(**row))
        return len(missing)


def keep_scan(sha256: str, finding: str | None) -> None:
    """Write what the scanner said of these bytes; None is clean. Each document with an infected file gets a line of the log, once."""
    with unit_of_work() as unit:
        scan = unit.session.scalar(
            select(VirusScan)
            .where(VirusScan.sha256 == sha256)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if scan is None or scan.state != ScanState.WAITING.value:
            return
        scan.state = (ScanState.CLEAN if finding is None else ScanState.INFECTED).value
        scan.finding, scan.scanned_at = finding, clock.now()
        if finding is None:
            return
        log.error("infected_file", sha256=sha256, finding=finding)
        holders = select(Item.id, Item.agency).where(
            Item.id.in_(select(DocumentFile.document_id).where(DocumentFile.sha256 == sha256))
        )
        for item_id, agency in unit.session.execute(holders.order_by(Item.id)).all():
            scanner = system_actor("virus scan")
            record(unit, DOCUMENT.action(ContentVerb.FILE_INFECTED), item_id, scanner, agency=agency, fields=["files"])


def _file(actor: Actor, document_id: str, upload: Upload) -> DocumentFile:
    return DocumentFile(
        id=new_id(), document_id=document_id, name=upload.name, media_type=upload.kind.media_type, bytes=upload.bytes,
        sha256=upload.sha256, created_at=clock.now(), uploaded_by=actor.label,
        words=upload.words.text, is_read_whole=upload.words.is_whole,
        has_formulas=upload.words.has_formulas, is_protected=upload.kind.is_protected, is_attachment=upload.kind.is_attachment,
    )  # fmt: skip


def _with_entry(content: Content, entry: dict[str, Any], position: int | None) -> Content:
    files = content["files"]
    index = len(files) if position is None else position - 1
    return {**content, "files": [*files[:index], entry, *files[index:]]}


def _foresee_file(actor: Actor, file: DocumentFile, entry: dict[str, Any], position: int | None) -> None:
    """Prepare the next edition with the name and words of the file, whose row does not exist yet."""
    stored = get_edition(get_item(DOCUMENT, file.document_id, actor)).content
    content = _with_entry(stored, entry, position)
    known = find_files(file.document_id, [entry["id"] for entry in stored["files"]])
    foresee_content(DOCUMENT, file.document_id, content, coming=beside_files(content, {**known, file.id: file}))


def remove_file(actor: Actor, document_id: str, file_id: str, expected: Expected) -> Item:
    """Save an edition without the file. Earlier editions keep showing it, the published one too.

    Raises `NotFound` also when the newest edition does not show the file, `Forbidden`, `StaleVersion`, `Conflict`.
    """

    def change(stored: Content) -> Content:
        kept = [entry for entry in stored["files"] if entry["id"] != file_id]
        if len(kept) == len(stored["files"]):
            raise NotFound
        return {**stored, "files": kept}

    with (
        foreseen(lambda: foresee_change(DOCUMENT, actor, document_id, change)),
        editing(DOCUMENT, actor, document_id, Operation.EDIT, expected) as edit,
    ):
        item = edit.item
        save_edition(edit, change(get_edition(item).content))
    return item


def keep_personal_data(looked_through: FileText, findings: Sequence[Finding]) -> None:
    """Write what was found in a file. Documents that are public with it, or will be, and whose findings nobody confirmed, get a line in the log and an alarm.

    Does nothing when the text has changed since: it is looked through again.
    """
    told = [each.as_json() for each in findings]
    with unit_of_work() as unit:
        found = unit.session.scalar(
            select(FileText)
            .where(FileText.sha256 == looked_through.sha256, FileText.characters == looked_through.characters)
            .with_for_update()
        )
        if found is None:
            return
        found.personal_data = told
        for item, names in _shown_by(unit, found.sha256) if told else ():
            exposed = [each for each in findings if each.id not in item.confirmed]
            if exposed and names & {entry["id"] for entry in _public_content(item)["files"]}:
                Edit(unit, GUARD, item).record("exposed", ["files"], edition=item.published_edition or item.edition)
                kinds = sorted({each.kind.value for each in exposed})
                raise_alarm(unit, "personal_data_public", item_id=item.id, agency=item.agency, kinds=kinds)


def _shown_by(unit: UnitOfWork, sha256: str) -> list[tuple[Item, set[str]]]:
    """The documents that have these bytes and are public or scheduled, each with the ids of those files."""
    is_public = or_(Item.published_edition.is_not(None), Item.state == State.SCHEDULED.value)
    rows = unit.session.execute(
        select(Item, DocumentFile.id)
        .join(DocumentFile, DocumentFile.document_id == Item.id)
        .where(DocumentFile.sha256 == sha256, is_public)
        .order_by(Item.id)
    )
    found: dict[str, tuple[Item, set[str]]] = {}
    for item, file_id in rows:
        found.setdefault(item.id, (item, set()))[1].add(file_id)
    return list(found.values())


def _public_content(item: Item) -> Content:
    """The content that readers have, or will have."""
    has_moment = item.state == State.SCHEDULED
    return get_edition(item, None if has_moment else item.published_edition).content
