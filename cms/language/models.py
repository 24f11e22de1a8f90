"""The city's own abbreviations and words of the same meaning, over those that come with the project."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import Id, Json, UTCDateTime

LONGEST_TERM: Final = 60
MOST_SYNONYMS: Final = 2_000
"""They are all in the memory of every process that answers questions."""


class SynonymEntry(Model):
    """What the city says about a term: it takes the place of what comes with the project. Without `means` the term is not expanded.

    `term` are its folded words, separated by a space.
    """

    __tablename__ = "synonyms"

    term: Mapped[str] = mapped_column(String(LONGEST_TERM), primary_key=True)
    means: Mapped[list[str]] = mapped_column(Json)
    both_ways: Mapped[bool] = mapped_column(Boolean)
    changed_by_id: Mapped[str | None] = mapped_column(Id)
    changed_by_label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
