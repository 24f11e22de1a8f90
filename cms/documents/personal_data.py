"""Personal data in the files of documents: found by the worker when a file was read, and told with the document that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from cms.core.db import has_begun_writing, session
from cms.documents.models import DocumentFile
from cms.editorial.content_types import Content
from cms.file_texts.models import FileText, FileTextPage
from cms.privacy.findings import Finding, Place, found_on, gathered
from cms.privacy.readable import plain


def findings_in_files(item_id: str, content: Content) -> list[dict[str, Any]]:
    """The findings in the files that this content shows, in one statement; none in files that are still to be read.

    In a transaction that publishes, the rows are locked against writing: a text that is read meanwhile waits, and finds the publication.
    """
    ids = [entry["id"] for entry in content["files"]]
    if not ids:
        return []
    statement = (
        select(DocumentFile.id, FileText.personal_data)
        .join(FileText, FileText.sha256 == DocumentFile.sha256)
        .where(DocumentFile.document_id == item_id, DocumentFile.id.in_(ids))
    )
    if has_begun_writing():
        statement = statement.with_for_update(read=True, of=FileText)
    found = {file_id: told for file_id, told in session.execute(statement) if told}
    return [
        {**each, "pointer": f"/files/{index}", "file": file_id}
        for index, file_id in enumerate(ids)
        for each in found.get(file_id, ())
    ]


def look_through(text: FileText, pages: Sequence[FileTextPage]) -> list[Finding]:
    """Personal data in what was read of a file: slow, and asks nobody."""
    hits = [hit for page in pages for hit in found_on(page.text, _Places(text, page))]
    return gathered(hits, text.sha256)


class _Places:
    """Tells where on a page something is: page and sheet, and the line of a file that is rows of text."""

    def __init__(self, text: FileText, page: FileTextPage) -> None:
        self._said = plain(page.text)
        self._page = None if text.pages is None else page.number
        self._sheet = page.label
        self._has_lines = text.pages is None or page.label is not None

    def __call__(self, start: int) -> Place:
        line = self._said.count("\n", 0, start) + 1 if self._has_lines else None
        return {"page": self._page, "sheet": self._sheet, "line": line}
