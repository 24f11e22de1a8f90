"""Finding the files of documents."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from cms.core.db import session
from cms.documents.models import DocumentFile


def find_files(document_id: str, file_ids: Collection[str]) -> dict[str, DocumentFile]:
    """Those of the files that belong to this document, by id, in one statement."""
    statement = select(DocumentFile).where(DocumentFile.document_id == document_id, DocumentFile.id.in_(file_ids))
    return {file.id: file for file in session.scalars(statement)} if file_ids else {}
