"""Finding the files of documents."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from cms.agencies.quota import counts_bytes
from cms.core.db import session
from cms.documents.models import DocumentFile
from cms.editorial.items.models import Item


def find_files(document_id: str, file_ids: Collection[str]) -> dict[str, DocumentFile]:
    """The ones of these files that belong to this document, by id, in one statement."""
    statement = select(DocumentFile).where(DocumentFile.document_id == document_id, DocumentFile.id.in_(file_ids))
    return {file.id: file for file in session.scalars(statement)} if file_ids else {}


@counts_bytes
def bytes_of_files(agency: str) -> int:
    """The bytes of the files of the agency's documents, including earlier editions."""
    of_agency = select(func.sum(DocumentFile.bytes)).join(Item, Item.id == DocumentFile.document_id)
    return int(session.scalar(of_agency.where(Item.agency == agency)) or 0)
