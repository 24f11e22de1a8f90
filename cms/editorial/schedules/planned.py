"""Carrying out what was planned for an item: its publication, its end.

Readers see both on the second by themselves (`cms.publishing.planning`); here the item and the log follow. Whoever holds the
item's row does it: the worker, or the next operation on the item if that is faster. Each plan gives exactly one line, in the
name of the person who made it.
"""

from __future__ import annotations

from datetime import datetime

from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.permissions import Actor
from cms.editorial.content_types import ContentType
from cms.editorial.models import Item, State
from cms.publishing.planning import carry_out, carry_out_end, planned_explanation

UNKNOWN_PLANNER = "system: schedule"


def carry_out_due(unit: UnitOfWork, content_type: ContentType, item: Item) -> bool:
    """Carry out what is due of a locked item; False when nothing is. The version of the item is left to the caller."""
    begins, ends = _due(item)
    explanation = planned_explanation(unit, item.id) if ends else None
    if begins:
        _begin(unit, content_type, item)
    if ends:
        _end(unit, content_type, item, explanation)
    if begins or ends:
        item.updated_at = clock.now()
        forget_planner(item)
    return begins or ends


def as_of_now(item: Item) -> Item:
    """An item that was only read, as what is due of its plan makes it; the row itself waits for the worker.

    Editors would else be shown for a moment what readers no longer have. What is due is carried out on an object that the
    session has let go: nothing of it is written.
    """
    begins, ends = _due(item)
    if begins or ends:
        session.expunge(item)
    if begins:
        _note_begin(item)
    if ends:
        _note_end(item)
    return item


def forget_planner(item: Item) -> None:
    """Forget who planned it and in which zone, once nothing is planned any more."""
    if item.publish_at is None and item.unpublish_at is None:
        item.planned_by_id = item.planned_by_label = item.timezone = None


def _due(item: Item) -> tuple[bool, bool]:
    """Whether its planned beginning and its planned end have come."""
    moment = clock.now()
    begins = item.publish_at is not None and item.publish_at <= moment
    return begins, item.unpublish_at is not None and item.unpublish_at <= moment


def _begin(unit: UnitOfWork, content_type: ContentType, item: Item) -> None:
    _note_begin(item)
    change = record(
        unit, content_type.action("published"), item.id, _planner(item), agency=item.agency, edition=item.edition
    )
    carry_out(unit, item.id, item.type, change)


def _note_begin(item: Item) -> None:
    begun, item.publish_at = item.publish_at, None
    item.published_at = item.published_at or begun
    item.published_edition, item.published_channel = item.edition, item.channel
    item.unpublished_as = item.state_before = None
    item.state, item.state_since = State.PUBLISHED.value, begun or clock.now()


def _end(unit: UnitOfWork, content_type: ContentType, item: Item, explanation: str | None) -> None:
    edition = item.published_edition or item.edition
    ended = _note_end(item)
    item.comment = explanation
    change = record(
        unit, content_type.action("unpublished"), item.id, _planner(item), agency=item.agency, edition=edition
    )
    carry_out_end(unit, item.id, item.type, change, ended, explanation)


def _note_end(item: Item) -> datetime:
    ended, item.unpublish_at = item.unpublish_at or clock.now(), None
    if item.state == State.PUBLISHED:
        item.state, item.state_since = State.UNPUBLISHED.value, ended
    item.published_edition = item.published_channel = None
    item.unpublished_as = "gone"
    return ended


def _planner(item: Item) -> Actor:
    return Actor(item.planned_by_id, item.planned_by_label or UNKNOWN_PLANNER)
