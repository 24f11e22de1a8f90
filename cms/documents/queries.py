"""Finding the files of documents, and which bytes are still needed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, union_all

from cms.agencies.quota import counts_bytes
from cms.core.db import session
from cms.core.runtime import runtime
from cms.documents.models import DocumentFile
from cms.editorial.items.models import Item
from cms.media.models import Image, Rendition
from cms.publishing.models import PublicationFile
from cms.virus_scans.models import VirusScan


def find_files(document_id: str, file_ids: Collection[str]) -> dict[str, DocumentFile]:
    """The ones of these files that belong to this document, by id, in one statement."""
    statement = select(DocumentFile).where(DocumentFile.document_id == document_id, DocumentFile.id.in_(file_ids))
    return {file.id: file for file in session.scalars(statement)} if file_ids else {}


def scans_of_files(file_ids: Collection[str]) -> dict[str, VirusScan]:
    """What the virus scanner said about these files, by the id of the file, in one statement; none without a scanner."""
    if not file_ids or not runtime().settings.clamd_url:
        return {}
    scanned = select(DocumentFile.id, VirusScan).join(VirusScan, VirusScan.sha256 == DocumentFile.sha256)
    return dict(session.execute(scanned.where(DocumentFile.id.in_(file_ids))).all())


@counts_bytes
def bytes_of_files(agency: str) -> int:
    """The bytes of the files of the agency's documents, including earlier editions."""
    of_agency = select(func.sum(DocumentFile.bytes)).join(Item, Item.id == DocumentFile.document_id)
    return int(session.scalar(of_agency.where(Item.agency == agency)) or 0)


def named_digests(digests: Collection[str], leaving: Collection[int] = ()) -> set[str]:
    """The ones of these digests that a document, image, rendition or publication has, but for the publications in `leaving`."""
    shown = select(PublicationFile.sha256).where(PublicationFile.publication_id.not_in(leaving))
    tables = (DocumentFile, Image, Rendition)
    named = [select(table.sha256).where(table.sha256.in_(digests)) for table in tables]
    return set(session.scalars(union_all(*named, shown.where(PublicationFile.sha256.in_(digests)))))
