"""Finding synonyms: those of the project, overlaid by what the city says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from cms.core.db import session
from cms.core.errors import NotFound
from cms.language.expansions import Expansions, Synonym, expansions_of, overlaid, shipped_synonyms, term_of
from cms.language.models import SynonymEntry


@dataclass(frozen=True, slots=True)
class Listed:
    """A term as it is used now; `entry` is what the city says about it, None when that comes with the project."""

    synonym: Synonym
    entry: SynonymEntry | None


def list_synonyms(*, own: bool | None = None, after: str | None = None, limit: int) -> Sequence[Listed]:
    """Terms in their order; `after` is a term. `own`: only what the city says, or only what comes with the project."""
    found = sorted(_listed().items())
    chosen = [
        listed
        for term, listed in found
        if (after is None or term > after) and (own is None or own is (listed.entry is not None))
    ]
    return chosen[:limit]


def get_synonym(term: str) -> Listed:
    """The term as it is used now. Raises `NotFound`."""
    listed = _listed().get(term)
    if listed is None:
        raise NotFound
    return listed


def find_entry(term: str, *, lock: bool = False) -> SynonymEntry | None:
    """What the city says about a term; `lock` holds it until the end of the unit of work."""
    statement = select(SynonymEntry).where(SynonymEntry.term == term)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def count_entries() -> int:
    """How many terms the city says something about."""
    return session.scalar(select(func.count()).select_from(SynonymEntry)) or 0


def current_expansions() -> Expansions:
    """The table that `understand` takes, as it is now. Readers have it with the reference data."""
    return expansions_of(overlaid(_of_entry(entry) for entry in session.scalars(select(SynonymEntry))))


def _listed() -> dict[str, Listed]:
    found = {term_of(synonym.term): Listed(synonym, None) for synonym in shipped_synonyms()}
    found.update((entry.term, Listed(_of_entry(entry), entry)) for entry in session.scalars(select(SynonymEntry)))
    return found


def _of_entry(entry: SynonymEntry) -> Synonym:
    return Synonym(entry.term, tuple(entry.means), entry.both_ways)
