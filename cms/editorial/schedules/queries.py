"""Finds items with a due plan."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.dead_letters.queries import not_resting
from cms.editorial.items.models import Item

QUEUE = "schedule"


def is_due() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The items whose planned beginning or end has come and that are not put aside, as SQL."""
    moment = clock.now()
    return or_(Item.publish_at <= moment, Item.unpublish_at <= moment), not_resting(QUEUE, Item.id)


def has_due() -> bool:
    """One small read that checks whether there is anything to carry out, before anything is locked."""
    with rolled_back():
        return session.scalar(select(Item.id).where(*is_due()).limit(1)) is not None
