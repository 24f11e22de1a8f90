"""Writes the index where no line of the log says so. None of it is a change of content, so the log has no lines about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from cms.core.db import unit_of_work
from cms.core.prepared import foreseen
from cms.file_texts.models import FileText
from cms.search.index import merge_words
from cms.search.indexing import count_revision, foresee_items, index_items
from cms.search.queries import showing_files


def index_texts(digests: Collection[str]) -> None:
    """Take the present texts of these files into the index, for every publication that shows them."""
    with foreseen(lambda: foresee_items(showing_files(digests))), unit_of_work() as unit:
        locked = select(FileText).where(FileText.sha256.in_(digests)).order_by(FileText.sha256).with_for_update()
        for text in unit.session.scalars(locked.execution_options(populate_existing=True)):
            text.is_new = False
        index_items(unit, showing_files(digests))
        count_revision(unit)


def rebuild_items(numbers: Sequence[int]) -> None:
    """Write anew what the index holds of these items."""
    with foreseen(lambda: foresee_items(numbers)), unit_of_work() as unit:
        index_items(unit, numbers)
        count_revision(unit)


def finish_rebuilding() -> None:
    """Merge the words of many small writes, which are searched faster then."""
    with unit_of_work() as unit:
        merge_words(unit.session.connection())
        count_revision(unit)
