"""Carries out the plan of an item: its publication, its end.

Readers see both on the second without this (`cms.publishing.planning`); here the item and the log follow. The caller holds
the lock of the item's row: it is the worker, or the next operation on the item if that is faster. Each plan gives exactly one
line, in the name of its author.
"""

from __future__ import annotations

from cms.changes.facts import Cause, CauseKind, EndingKind
from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.permissions import Actor
from cms.editorial.edit import Edit
from cms.editorial.items.models import Item
from cms.publishing.planning import carry_out, carry_out_end

UNKNOWN_PLANNER = "system: schedule"
PLAN = Cause(CauseKind.SCHEDULE)


def carry_out_due(unit: UnitOfWork, item: Item) -> bool:
    """Carry out the due plans of a locked item; False when none is due. The caller changes the item's version."""
    begins, ends = _due(item)
    if begins:
        _begin(Edit(unit, _planner(item), item))
    if ends:
        _end(Edit(unit, _planner(item), item))
    return begins or ends


def as_of_now(item: Item) -> Item:
    """A read item with its due plans applied; the row itself waits for the worker.

    Otherwise editors would see for a moment what readers no longer have. The object is detached from the session first, so
    nothing is written.
    """
    begins, ends = _due(item)
    if begins or ends:
        session.expunge(item)
    if begins:
        item.begin_as_planned()
    if ends:
        item.end_as_planned()
    return item


def _due(item: Item) -> tuple[bool, bool]:
    """Whether its planned beginning and its planned end have passed."""
    moment = clock.now()
    begins = item.publish_at is not None and item.publish_at <= moment
    return begins, item.unpublish_at is not None and item.unpublish_at <= moment


def _begin(edit: Edit) -> None:
    item = edit.item
    item.begin_as_planned()
    carry_out(edit.unit, item.id, item.type, edit.record("published", cause=PLAN))


def _end(edit: Edit) -> None:
    item = edit.item
    edition, explanation = item.published_edition, item.planned_explanation
    ended = item.end_as_planned()
    change = edit.record("unpublished", edition=edition, ending=EndingKind.EXPIRED, cause=PLAN)
    carry_out_end(edit.unit, item.id, item.type, change, ended, explanation)


def _planner(item: Item) -> Actor:
    return Actor(item.planned_by_id, item.planned_by_label or UNKNOWN_PLANNER)
