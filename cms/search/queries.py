"""Reads for writing the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from cms.core.db import session
from cms.file_texts.models import FileText, FileTextPage
from cms.language.words import indexed
from cms.publishing.models import Publication, PublicationFile, PublishedItem
from cms.publishing.visibility import is_current
from cms.search.entries import Source, first_id

MOST_FILE_TEXT = 2_000_000
"""Characters of the texts of a publication's files that are searched, from the first page on."""


class Indexable(NamedTuple):
    """A publication that belongs into the index, with the id that its entry gets if it is free."""

    publication_id: int
    item_number: int
    entry_id: int
    source: Source


def item_numbers(item_ids: Collection[str]) -> Sequence[int]:
    """The numbers of these items, those that were ever published."""
    return session.scalars(select(PublishedItem.number).where(PublishedItem.id.in_(item_ids))).all()


def count_items() -> int:
    """How many items were ever published."""
    return session.scalars(select(func.count()).select_from(PublishedItem)).one()


def numbers_after(number: int, limit: int) -> Sequence[int]:
    """The next numbers of published items."""
    following = select(PublishedItem.number).where(PublishedItem.number > number).order_by(PublishedItem.number)
    return session.scalars(following.limit(limit)).all()


def new_texts(limit: int) -> Sequence[str]:
    """Digests of files whose text has changed since the index took it."""
    return session.scalars(select(FileText.sha256).where(FileText.is_new).order_by(FileText.sha256).limit(limit)).all()


def showing_files(digests: Collection[str]) -> Sequence[int]:
    """The numbers of items whose current publications show these bytes."""
    shows = select(PublicationFile.publication_id).where(PublicationFile.sha256.in_(digests))
    return session.scalars(
        select(Publication.item_number).where(Publication.id.in_(shows), is_current()).distinct()
    ).all()


def indexables(numbers: Collection[int]) -> list[Indexable]:
    """What belongs into the index of these items: their current publications, also those that are only scheduled."""
    columns = (
        Publication.id, Publication.item_number, Publication.published_at, Publication.type, Publication.agency,
        Publication.full_json, Publication.terms_json,
    )  # fmt: skip
    current = select(*columns).where(Publication.item_number.in_(numbers), is_current()).order_by(Publication.id)
    rows = session.execute(current).all()
    words = _file_words([row.id for row in rows])
    return [
        Indexable(
            row.id,
            row.item_number,
            first_id(row.published_at, row.item_number),
            Source(row.type, row.agency, row.full_json, row.terms_json, words.get(row.id, "")),
        )
        for row in rows
    ]


def _file_words(publication_ids: Collection[int]) -> dict[int, str]:
    """The words of the files that these publications show, as `indexed` gives them; those without text are left out."""
    pages = (
        select(PublicationFile.publication_id, FileTextPage.text)
        .join(FileTextPage, FileTextPage.sha256 == PublicationFile.sha256)
        .where(PublicationFile.publication_id.in_(publication_ids))
        .order_by(PublicationFile.publication_id, PublicationFile.file_id, FileTextPage.number)
    )
    found: dict[int, list[str]] = {}
    for publication_id, said in session.execute(pages):
        found.setdefault(publication_id, []).append(said)
    return {publication_id: _words(texts) for publication_id, texts in found.items()}


def _words(texts: Iterable[str]) -> str:
    """Each word once, in the order of the texts."""
    found: dict[str, None] = {}
    left = MOST_FILE_TEXT
    for said in texts:
        found |= dict.fromkeys(indexed(said[:left]).split())
        left -= len(said)
        if left <= 0:
            break
    return " ".join(found)
