"""The follower that keeps the index: it reads what items look like now, and not what the line says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cms.changes.actions import ContentVerb
from cms.changes.heads import log_head
from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.search.indexing import foresee_items, index_items
from cms.search.queries import item_numbers

NAME: Final = "search"
LINES: Final = 100
SCHEDULING: Final = frozenset({ContentVerb.SCHEDULED.value, ContentVerb.UNSCHEDULED.value})
"""Readers do not learn of them, and they add or remove a publication that waits for its moment."""


def index_changed(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Write anew what the index holds of the items that these lines are about."""
    index_items(unit, _numbers(changes))


def foresee_index(changes: Sequence[Change]) -> None:
    """Find the words before the transaction begins."""
    foresee_items(_numbers(changes))


def _numbers(changes: Sequence[Change]) -> Sequence[int]:
    topics = log_head().topics
    ids = {each.resource_id for each in changes if each.resource_type in topics and _moves_publications(each)}
    return item_numbers(ids) if ids else ()


def _moves_publications(change: Change) -> bool:
    return change.is_public or change.action.rpartition(".")[2] in SCHEDULING
