"""The editors' half of a plan: the item follows what readers already have.

Readers see a plan on the second without this, and the log gets its line when the plan is carried out (`cms.publishing.planning`),
by whoever comes first: the worker, a reader, or the next operation on the item. It decides from what is stored, not from the
clock, so it can be repeated.
"""

from __future__ import annotations

from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.editorial.items.models import Item
from cms.publishing.planning import carry_out_due as carry_out_for_readers
from cms.publishing.planning import hold_plans


def carry_out_due(unit: UnitOfWork, item: Item) -> bool:
    """Carry out the due plans of a locked item, both halves; False when there was nothing to do. The caller changes its version."""
    if item.publish_at is None and item.unpublish_at is None:
        return False
    hold_plans(unit, [item.id])
    plans = carry_out_for_readers(unit, item.id)
    begins = item.publish_at is not None and not plans.waits
    if begins:
        item.begin_as_planned()
    ends = item.unpublish_at is not None and item.published_edition is not None and not plans.is_live
    if ends:
        item.end_as_planned()
    return begins or ends


def as_of_now(item: Item) -> Item:
    """A read item with its due plans applied; the row itself follows later.

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
