"""Rebuilds the items of merged agencies once the successor's filters find them: at the midnight after the last day, no line of the
log says so.

It decides from what is stored (`changed_at` before that midnight), so it can stop anywhere and begin again.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement

from cms.changes.facts import Cause, CauseKind, because
from cms.core.db import rolled_back, unit_of_work
from cms.core.dead_letters.queries import not_resting
from cms.core.prepared import foreseen
from cms.editorial.followers import BATCH, QUEUE, found_by, rebuild_outdated
from cms.editorial.mergers.queries import found_anew
from cms.editorial.preparing import foresee_shown
from cms.publishing.models import Publication
from cms.publishing.visibility import is_current


def rebuild_merged() -> bool:
    """Rebuild the next items that a merger lets other filters find; False when there are none."""
    with rolled_back():
        merged = found_anew()
    return any(_rebuild_items_of(slug, midnight) for slug, midnight in merged.items())


def _rebuild_items_of(slug: str, midnight: datetime) -> bool:
    """Rebuild up to `BATCH` items; True when more wait."""
    outdated: list[ColumnElement[bool]] = [
        is_current(),
        Publication.id.in_(found_by("channel", slug)),
        Publication.changed_at < midnight,
        not_resting(QUEUE, Publication.item_id),
    ]
    with foreseen(partial(foresee_shown, *outdated, limit=BATCH)), unit_of_work() as unit:
        because(unit, Cause(CauseKind.MERGE, slug))
        return not rebuild_outdated(unit, outdated)
