"""Steps of writing the index, inside a unit of work."""

from __future__ import annotations

from collections.abc import Collection

from cms.core.db import UnitOfWork
from cms.publishing.searched import Weight
from cms.search.entries import entry_of
from cms.search.index import add_entry, add_written, forget_items
from cms.search.models import SearchFigure
from cms.search.queries import Indexable, indexables
from cms.search.types import searched_types

REVISION = "revision"


def index_items(unit: UnitOfWork, numbers: Collection[int]) -> None:
    """Write anew what the index holds of these items."""
    connection = unit.session.connection()
    forget_items(connection, numbers)
    written: set[str] = set()
    for each in indexables(numbers):
        entry = entry_of(each.source, _searched(each))
        add_entry(connection, each.entry_id, each.publication_id, each.item_number, entry)
        written.update(entry.written)
    add_written(connection, written)


def foresee_items(numbers: Collection[int]) -> None:
    """Find the words of these items before the transaction begins."""
    for each in indexables(numbers):
        entry_of(each.source, _searched(each))


def _searched(each: Indexable) -> tuple[tuple[str, Weight], ...]:
    return searched_types().searched[each.source.type]


def count_revision(unit: UnitOfWork) -> None:
    """Note that the index has changed without a line of the log, so that no answer of before is taken for one of now."""
    figure = unit.session.get(SearchFigure, REVISION, with_for_update=True)
    if figure is None:
        figure = SearchFigure(name=REVISION, value=0)
        unit.add(figure)
    figure.value += 1
