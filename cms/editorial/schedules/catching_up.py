"""The editors' half of a schedule: the item catches up with what readers already have.

Readers see a schedule on the second without this, and the log gets its line when the schedule is carried out (`cms.publishing.schedules`),
by whoever comes first: the worker, a reader, or the next operation on the item. It decides from what is stored, not from the
clock, so it can be repeated.
"""

from __future__ import annotations

from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.editorial.items.models import Item
from cms.publishing.schedules import carry_out_schedule, hold_schedules


def catch_up(unit: UnitOfWork, item: Item) -> bool:
    """Carry out the due schedule of a locked item, for readers and in the item; False when there was nothing to do. The caller changes its version."""
    if item.publish_at is None and item.unpublish_at is None:
        return False
    hold_schedules(unit, [item.id])
    after = carry_out_schedule(unit, item.id)
    begins = item.publish_at is not None and not after.waits
    if begins:
        item.begin_as_scheduled()
    ends = item.unpublish_at is not None and item.published_edition is not None and not after.is_live
    if ends:
        item.end_as_scheduled()
    return begins or ends


def as_of_now(item: Item) -> Item:
    """A read item with its due schedule applied; the row itself follows later.

    Otherwise editors would see for a moment what readers no longer have. The object is detached from the session first, so
    nothing is written.
    """
    begins, ends = _due(item)
    if begins or ends:
        session.expunge(item)
    if begins:
        item.begin_as_scheduled()
    if ends:
        item.end_as_scheduled()
    return item


def _due(item: Item) -> tuple[bool, bool]:
    """Whether its scheduled beginning and its scheduled end have passed."""
    moment = clock.now()
    begins = item.publish_at is not None and item.publish_at <= moment
    return begins, item.unpublish_at is not None and item.unpublish_at <= moment
