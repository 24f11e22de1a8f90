"""The index. Its words are in the table `search_words`, which each database has in its own way (`cms.search.index`)."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import RowNumber


class SearchEntry(Model):
    """A publication in the index: every current one has one entry, also one that is only scheduled.

    A higher `id` is a newer item (`cms.search.entries.first_id`), so the newest hits are found without looking at all. The
    words of an entry go with its row.
    """

    __tablename__ = "search_entries"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    publication_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    item_number: Mapped[int] = mapped_column(BigInteger, index=True)


class SearchWord(Model):
    """A word of a title or summary as it is written, and in about how many texts it was: slips are corrected with them.

    It stays when the texts go, unless they go by law; a correction is only told when it finds something.
    """

    __tablename__ = "search_vocabulary"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    texts: Mapped[int] = mapped_column(BigInteger)


class SearchFigure(Model):
    """A number that the index keeps about itself, by name: `revision` counts what changed in it without a line of the log."""

    __tablename__ = "search_figures"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
