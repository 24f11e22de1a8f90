"""Reads of the texts of files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from cms.core.db import rolled_back, session
from cms.core.dead_letters.queries import not_resting
from cms.file_texts.models import FileText, FileTextPage, TextState

QUEUE = "file_texts"


def find_texts(digests: Collection[str]) -> dict[str, FileText]:
    """What is known of these bytes, by digest, in one statement."""
    found = session.scalars(select(FileText).where(FileText.sha256.in_(digests))) if digests else ()
    return {text.sha256: text for text in found}


def find_pages(sha256: str, after: int, limit: int) -> Sequence[FileTextPage]:
    """The texts of the bytes in their order, behind the number `after`."""
    pages = select(FileTextPage).where(FileTextPage.sha256 == sha256, FileTextPage.number > after)
    return session.scalars(pages.order_by(FileTextPage.number).limit(limit)).all()


def next_received() -> FileText | None:
    """The file that has waited longest to be read."""
    return _first(FileText.state == TextState.RECEIVED.value)


def next_for_ocr() -> FileText | None:
    """The file whose pictures have waited longest to be read."""
    return _first(FileText.waits_for_ocr)


def _first(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> FileText | None:
    with rolled_back():
        waits = select(FileText).where(condition, not_resting(QUEUE, FileText.sha256))
        text = session.scalar(waits.order_by(FileText.received_at, FileText.sha256).limit(1))
        if text is not None:
            session.expunge(text)
        return text
