"""Planned publications, written in advance, and the planned end of the live one.

Reads compare planned moments with the clock, so a planned publication appears on the second, even if the worker is late.
Carrying out (`carry_out`, `carry_out_end`) only makes it an ordinary publication and gives it its line in the log. Every
caller locks the item's row, so that a plan, its withdrawal and its carrying out cannot overlap.
"""

from __future__ import annotations

from datetime import datetime

import orjson
from sqlalchemy import Connection, bindparam, delete, select, update

from cms.changes.facts import note_digest, note_planned
from cms.changes.log import when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.publishing.due import due_again
from cms.publishing.items import UPDATE_ITEM, keep_slug, live_again, planned_item
from cms.publishing.models import Publication, PublishedItem, PublishedSlug, Standing
from cms.publishing.publish import withdraw
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.rows import (
    AT_ONCE,
    Window,
    digested_again,
    drop_publication,
    supersede_live,
    write_publication,
)

_items, _slugs = table_of(PublishedItem), table_of(PublishedSlug)
_publications = table_of(Publication)
NOT_NUMBERED = 0
"""Sequence of rows within the transaction that carries out a plan, until the log numbers the change."""

_CURRENT = (_publications.c.item_id == bindparam("current_id"), _publications.c.superseded_sequence.is_(None))
_LIVE = (*_CURRENT, _publications.c.is_planned.is_(False))
_PLANNED = (*_CURRENT, _publications.c.is_planned.is_(True))
_END_LIVE = (
    update(_publications)
    .where(*_LIVE)
    .values(effective_until=bindparam("ends"), end_explanation=bindparam("told"))
    .returning(_publications.c.id)
)
_PLANNED_IDS = select(_publications.c.id).where(*_PLANNED)
_BECOMES_LIVE = (
    update(_publications)
    .where(*_PLANNED)
    .values(is_planned=False, effective_from=AT_ONCE)
    .returning(_publications.c.id, _publications.c.full_json, _publications.c.agency)
)
_NUMBERED_LIVE = (
    update(_publications).where(_publications.c.id == bindparam("live_id")).values(sequence=bindparam("at_sequence"))
)
_NUMBERED_ENDED = (
    update(_publications)
    .where(_publications.c.item_id == bindparam("current_id"), _publications.c.superseded_sequence == NOT_NUMBERED)
    .values(superseded_sequence=bindparam("at_sequence"))
)
_FORGET_SLUGS = delete(_slugs).where(
    _slugs.c.item_id == bindparam("current_id"), _slugs.c.effective_from > bindparam("now")
)
_SLUGS_FOR_GOOD = update(_slugs).where(_slugs.c.item_id == bindparam("current_id")).values(effective_from=AT_ONCE)
_FORGET_ITEM = delete(_items).where(_items.c.id == bindparam("current_id"), _items.c.standing == Standing.PLANNED.value)


def plan(
    unit: UnitOfWork,
    rendered: RenderedItem,
    change: Change,
    begins: datetime,
    ends: datetime | None = None,
    end_explanation: str | None = None,
) -> None:
    """Write a publication that is live from `begins`, until `ends` if given; the present live one ends when it begins.

    Raises `Conflict("slug_taken")`.
    """
    connection = unit.session.connection()
    number, carriers = planned_item(connection, rendered)
    keep_slug(connection, rendered, begins)
    window = Window(begins, ends, end_explanation, is_planned=True)

    def write(sequence: int) -> None:
        _end_live(connection, rendered.item_id, change, begins, None)
        digest = write_publication(connection, rendered, number, carriers, sequence, window)
        note_planned(change, digest)
        due_again(unit, connection, rendered.type)

    when_numbered(unit, change, write)


def plan_end(
    unit: UnitOfWork, item_id: str, type: str, change: Change, ends: datetime | None, explanation: str | None
) -> None:
    """Set the end of the live publication; `None` means no end."""
    connection = unit.session.connection()

    def write(_sequence: int) -> None:
        _end_live(connection, item_id, change, ends, explanation)
        due_again(unit, connection, type)

    when_numbered(unit, change, write)


def cancel(unit: UnitOfWork, item_id: str, type: str, change: Change) -> None:
    """Remove everything that is planned for the item; no one could read it, so no trace stays."""
    connection, current = unit.session.connection(), {"current_id": item_id}
    for publication_id in connection.scalars(_PLANNED_IDS, current).all():
        drop_publication(connection, publication_id)
        note_planned(change, None)
    _end_live(connection, item_id, change, None, None)
    connection.execute(_FORGET_SLUGS, {**current, "now": clock.now()})
    connection.execute(_FORGET_ITEM, current)
    when_numbered(unit, change, lambda _sequence: due_again(unit, connection, type))


def _end_live(
    connection: Connection, item_id: str, change: Change, ends: datetime | None, explanation: str | None
) -> None:
    """Set the end of the live publication, if there is one, and note its new digest in the line of the log."""
    found = connection.execute(
        _END_LIVE, {"current_id": item_id, "ends": ends, "told": explanation}
    ).scalar_one_or_none()
    if found is not None:
        note_digest(change, digested_again(connection, found))


def carry_out(unit: UnitOfWork, item_id: str, type: str, change: Change) -> None:
    """Make the planned publication, whose moment has come, the live one for good.

    The rows change at once, so that later steps of this transaction find a live item; only the numbers come last.
    """
    connection, current = unit.session.connection(), {"current_id": item_id}
    supersede_live(connection, item_id, NOT_NUMBERED)
    row = connection.execute(_BECOMES_LIVE, current).one()
    full = orjson.loads(row.full_json)
    live_again(connection, item_id, row.agency, full, NOT_NUMBERED)
    # From now on its addresses exist whatever the clock says.
    connection.execute(_SLUGS_FOR_GOOD, current)

    def write(sequence: int) -> None:
        connection.execute(_NUMBERED_ENDED, {**current, "at_sequence": sequence})
        connection.execute(_NUMBERED_LIVE, {"live_id": row.id, "at_sequence": sequence})
        note_planned(change, None)
        note_digest(change, digested_again(connection, row.id))
        connection.execute(UPDATE_ITEM.values(sequence=sequence), {"published_id": item_id})
        due_again(unit, connection, type)

    when_numbered(unit, change, write)


def carry_out_end(
    unit: UnitOfWork, item_id: str, type: str, change: Change, ended_at: datetime, explanation: str | None
) -> None:
    """Take back an item whose planned end has come."""
    withdraw(unit, item_id, type, Standing.GONE, change, explanation=explanation, ended_at=ended_at)
