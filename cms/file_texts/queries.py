"""Reads of the texts of files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Label, TextClause, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from cms.core.db import rolled_back, session
from cms.core.dead_letters.queries import not_resting
from cms.file_texts.models import NOT_LOOKED_THROUGH, FileText, FileTextPage, TextState

QUEUE = "file_texts"


def find_texts(digests: Collection[str]) -> dict[str, FileText]:
    """What is known of these bytes, by digest, in one statement."""
    found = session.scalars(select(FileText).where(FileText.sha256.in_(digests))) if digests else ()
    return {each.sha256: each for each in found}


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


def next_not_looked_through() -> FileText | None:
    """The file that was read and in which nobody has looked for personal data."""
    return _first(text(NOT_LOOKED_THROUGH))


def list_pages(sha256: str) -> Sequence[FileTextPage]:
    """All that was read of a file, in its order."""
    pages = select(FileTextPage).where(FileTextPage.sha256 == sha256)
    return session.scalars(pages.order_by(FileTextPage.number)).all()


def reading_figures() -> Sequence[Label[Any]]:
    """Figures for `/metrics` and `doctor`, as columns of one statement: how many files wait to be read, and since when the first of them has.

    Neither what was put aside, which has a figure of its own, nor pictures that wait for a program that not every city has.
    """
    waiting = (FileText.state == TextState.RECEIVED.value, not_resting(QUEUE, FileText.sha256))
    return [
        select(func.count()).select_from(FileText).where(*waiting).scalar_subquery().label("texts_waiting"),
        select(func.min(FileText.received_at)).where(*waiting).scalar_subquery().label("first_text"),
    ]


def _first(condition: ColumnElement[bool] | InstrumentedAttribute[bool] | TextClause) -> FileText | None:
    with rolled_back():
        waits = select(FileText).where(condition, not_resting(QUEUE, FileText.sha256))
        found = session.scalar(waits.order_by(FileText.received_at, FileText.sha256).limit(1))
        if found is not None:
            session.expunge(found)
        return found
