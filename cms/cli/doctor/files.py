"""Is every file that a row names in the storage, and is it unchanged?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import literal, select, union_all
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute

from cms.cli.doctor.findings import Finding, ok, red
from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from cms.documents.models import DocumentFile
from cms.media.models import Image, Rendition
from cms.publishing.models import PublicationFile

LATER = timedelta(days=36_500)


def check_files(*, deep: bool) -> Iterator[Finding]:
    """One red finding for each digest that rows name and the storage does not have; with `deep` also for changed bytes."""
    try:
        named = _named()
        stored = set(runtime().storage.stored_before(clock.now() + LATER))
        damaged = sorted(digest for digest in named if digest in stored and deep and not _is_whole(digest))
    except (SQLAlchemyError, Unavailable):
        yield red("Database or file storage do not answer: files were not compared.")
        return
    lost = sorted(set(named) - stored)
    for digest in lost:
        yield red(f"The file {digest} is lost: {named[digest]}.")
    for digest in damaged:
        yield red(f"The file {digest} was damaged, its bytes are other ones: {named[digest]}.")
    if not lost and not damaged:
        yield ok(f"{len(named)} files are named, and all are in the storage{', unchanged' if deep else ''}.")


def _named() -> dict[str, str]:
    """Every digest that a row names, with one place that names it."""
    places: tuple[tuple[InstrumentedAttribute[str], InstrumentedAttribute[str], str], ...] = (
        (Rendition.sha256, Rendition.image_id, "a rendition of image"),
        (Image.sha256, Image.id, "image"),
        (PublicationFile.sha256, PublicationFile.file_id, "a publication shows file"),
        (DocumentFile.sha256, DocumentFile.id, "document file"),
    )
    with rolled_back():
        rows = session.execute(
            union_all(*(select(digest, literal(f"{words} ").concat(key)) for digest, key, words in places))
        )
        return {row[0]: row[1] for row in rows}


def _is_whole(digest: str) -> bool:
    found = hashlib.sha256()
    for chunk in runtime().storage.open(digest):
        found.update(chunk)
    return found.hexdigest() == digest
