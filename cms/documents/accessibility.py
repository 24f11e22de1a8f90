"""Can everybody read the published files? What was read of them, by file and by agency (Perki 1/2021, article 24: information for people with disabilities)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from cms.core.db import session
from cms.core.permissions import Actor
from cms.documents.content import DOCUMENT
from cms.documents.kinds import PDF
from cms.editorial.items.models import Item
from cms.editorial.items.queries import visible_to
from cms.file_texts.models import FileText, TextState
from cms.file_texts.presenter import render_text
from cms.publishing.models import Publication, PublicationFile
from cms.publishing.visibility import live

_IS_PDF: Final = FileText.media_type == PDF.media_type
PROBLEMS: Final[Mapping[str, ColumnElement[bool]]] = {
    "no_text": FileText.state.in_([TextState.SCAN.value, TextState.OCR.value]),
    "unreadable": FileText.state == TextState.FAILED.value,
    "not_tagged": and_(_IS_PDF, FileText.is_tagged.is_(False)),
    "no_language": and_(_IS_PDF, FileText.read_at.is_not(None), FileText.language.is_(None)),
    "no_title": and_(_IS_PDF, FileText.read_at.is_not(None), FileText.title.is_(None)),
    "figures_without_alt": FileText.figures_without_alt > 0,
}
"""What keeps people from reading a file. A scan whose words were recognised has no text for them either: the words are not in the file."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A published file with what was read of it."""

    publication: Publication
    file: PublicationFile
    text: FileText

    @property
    def position(self) -> list[str]:
        """Its place in the list."""
        return [self.file.item_id, self.file.file_id]


def list_read_files(
    actor: Actor, agencies: Collection[str], problems: Collection[str], after: Sequence[str] | None, limit: int
) -> Sequence[ReadFile]:
    """Published files of the documents that the actor may see which have one of these problems (any, if none is given)."""
    found = _published(select(Publication, PublicationFile, FileText), actor, agencies)
    found = found.where(or_(*(PROBLEMS[name] for name in problems or PROBLEMS)))
    place = tuple_(PublicationFile.item_id, PublicationFile.file_id)
    if after is not None:
        found = found.where(place > tuple_(*after))
    rows = session.execute(found.order_by(PublicationFile.item_id, PublicationFile.file_id).limit(limit))
    return [ReadFile(*row) for row in rows]


def count_problems(actor: Actor, agencies: Collection[str]) -> list[dict[str, Any]]:
    """For each agency: published files that can have text, those that wait to be read, and how many have each problem."""
    counts = [func.count().filter(problem).label(name) for name, problem in PROBLEMS.items()]
    waiting = func.count().filter(FileText.state == TextState.RECEIVED.value).label("waiting")
    found = _published(select(Publication.agency, func.count().label("files"), waiting, *counts), actor, agencies)
    rows = session.execute(found.group_by(Publication.agency).order_by(Publication.agency)).mappings()
    return [
        {
            "agency": row["agency"], "files": row["files"], "waiting": row["waiting"],
            "problems": {name: row[name] for name in PROBLEMS},
        }
        for row in rows
    ]  # fmt: skip


def render_read_file(read: ReadFile) -> dict[str, Any]:
    """A file of the list."""
    return {
        "document": read.file.item_id,
        "agency": read.publication.agency,
        "file": read.file.file_id,
        "name": read.file.name,
        "media_type": read.file.media_type,
        "problems": [name for name in PROBLEMS if _has(read.text, name)],
        "text": render_text(read.text),
        "url": f"/manage/v1/documents/{read.file.item_id}/files/{read.file.file_id}",
    }


def _has(text: FileText, problem: str) -> bool:
    """As the condition of the same name in `PROBLEMS`, for a row that is loaded."""
    is_pdf, is_read = text.media_type == PDF.media_type, text.read_at is not None
    return {
        "no_text": text.state in {TextState.SCAN.value, TextState.OCR.value},
        "unreadable": text.state == TextState.FAILED.value,
        "not_tagged": is_pdf and text.is_tagged is False,
        "no_language": is_pdf and is_read and text.language is None,
        "no_title": is_pdf and is_read and text.title is None,
        "figures_without_alt": text.figures_without_alt > 0,
    }[problem]


def _published(
    statement: Select[*tuple[Any, ...]], actor: Actor, agencies: Collection[str]
) -> Select[*tuple[Any, ...]]:
    """Published files of documents with what was read of them, of the agencies (all, if none is given) that the actor may see."""
    found = (
        statement.select_from(Publication)
        .join(PublicationFile, PublicationFile.publication_id == Publication.id)
        .join(FileText, FileText.sha256 == PublicationFile.sha256)
        .join(Item, Item.id == Publication.item_id)
        .where(Publication.type == DOCUMENT.name, live(), visible_to(actor))
    )
    return found.where(Publication.agency.in_(agencies)) if agencies else found
