"""Writing synonyms. They hold for the next question: nothing is indexed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_first_version, keep_version, values_of
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import Conflict, NotFound
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.language.models import MOST_SYNONYMS, SynonymEntry
from cms.language.queries import count_entries, find_entry

KIND: Final = "synonym"
KEPT_FIELDS: Final = ("means", "both_ways")
DUPLICATES: Final = {"pk_synonyms": "term", "uq_synonyms_term": "term"}


def set_synonym(actor: Actor, term: str, means: Sequence[str], *, both_ways: bool) -> SynonymEntry:
    """Say what a term (folded words) means; without `means` it is not expanded.

    Raises `Conflict("too_many_synonyms")`, and `Conflict("duplicate")` when somebody adds the same term at the same moment.
    """
    said = {"means": list(means), "both_ways": both_ways}
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.TAXONOMY_WRITE, Target())
        entry = find_entry(term, lock=True)
        before = None if entry is None else values_of(entry, KEPT_FIELDS)
        if entry is not None and before == said:
            return entry
        if entry is None and count_entries() >= MOST_SYNONYMS:
            raise Conflict("too_many_synonyms", max=MOST_SYNONYMS)
        keep_first_version(unit, KIND, term, before)
        if entry is None:
            entry = SynonymEntry(term=term, created_at=clock.now())
            unit.add(entry)
        entry.means, entry.both_ways = list(means), both_ways
        entry.changed_by_id, entry.changed_by_label, entry.updated_at = actor.id, actor.label, clock.now()
        unit.session.flush()
        keep_version(unit, KIND, term, said, actor)
        record(unit, Action.SYNONYM_SET, term, actor)
    return entry


def remove_synonym(actor: Actor, term: str) -> None:
    """Take back what the city says about a term: what comes with the project holds again. Raises `NotFound`."""
    with unit_of_work() as unit:
        authorize(actor, Permission.TAXONOMY_WRITE, Target())
        entry = find_entry(term, lock=True)
        if entry is None:
            raise NotFound
        keep_first_version(unit, KIND, term, values_of(entry, KEPT_FIELDS))
        keep_version(unit, KIND, term, None, actor)
        unit.session.delete(entry)
        record(unit, Action.SYNONYM_REMOVED, term, actor)
