"""Writes the delivery tables, inside the unit of work of the service that publishes.

Every row is written once its change has its number, so no row is written twice. Readers see all of it or nothing.
`cms.publishing.schedules` writes the same rows for a later moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from cms.changes.facts import note_digest, note_scheduled
from cms.changes.log import Numbered, when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.publishing.digests import ENDING, ending_digest
from cms.publishing.items import UPDATE_ITEM, keep_slug, now_live, rebuilt_item, waiting_item
from cms.publishing.models import Publication, PublishedItem, Standing
from cms.publishing.next_due import store_next_due
from cms.publishing.positions import move_positions
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.rows import (
    AT_ONCE,
    NOTHING_ENDED,
    Window,
    channels_of,
    drop_publication,
    supersede_live,
    supersede_one,
    write_publication,
)
from cms.publishing.visibility import is_still_awaited

_END_ITEM = UPDATE_ITEM.returning(*(table_of(PublishedItem).c[name] for name in ENDING))


def publish(unit: UnitOfWork, rendered: RenderedItem, change: Change, window: Window | None = None) -> None:
    """Make this edition the live one: the publication before it is superseded, its terms and files are replaced.

    `window` has its end, if there is one. Raises `Conflict("slug_taken")` when the slug was published for another item.
    """
    connection = unit.session.connection()

    def write(numbered: Numbered) -> None:
        number, carriers, had_one = now_live(connection, rendered, numbered.sequence)
        # Most publications are the first of their item.
        ended = supersede_live(connection, rendered.item_id, numbered.sequence) if had_one else NOTHING_ENDED
        keep_slug(connection, rendered, AT_ONCE)
        digest = write_publication(connection, rendered, number, carriers, numbered, window or Window())
        note_digest(change, digest)
        move_positions(unit, rendered.type, rendered.agency, ended.channels | channels_of(rendered, carriers), numbered)
        # Only a scheduled end, dropped or new, changes when the next schedule is due.
        if ended.had_end or window is not None:
            store_next_due(unit, connection, rendered.type)

    when_numbered(unit, change, write)


def rebuild(unit: UnitOfWork, rendered: RenderedItem, change: Change, publication: Publication | None = None) -> None:
    """Present a current publication again because something it shows has changed (an agency's name, for example).

    Its beginning and end stay, and so does the item's standing. Without `publication` it is the live one, without a scheduled
    end.
    """
    connection = unit.session.connection()
    window = Window.of(publication) if publication else Window()
    is_awaited = publication is not None and is_still_awaited(publication)

    def write(numbered: Numbered) -> None:
        left = _replace(connection, rendered.item_id, publication, numbered.sequence)
        number, carriers = (
            waiting_item(connection, rendered.item_id)
            if is_awaited
            else rebuilt_item(connection, rendered.item_id, numbered.sequence)
        )
        digest = write_publication(connection, rendered, number, carriers, numbered, window)
        (note_scheduled if window.is_scheduled else note_digest)(change, digest)
        if not is_awaited:
            move_positions(unit, rendered.type, rendered.agency, left | channels_of(rendered, carriers), numbered)

    when_numbered(unit, change, write)


def end_item(
    unit: UnitOfWork,
    item_id: str,
    type: str,
    standing: Standing,
    change: Change,
    *,
    explanation: str | None = None,
    alternative: str | None = None,
    target_id: str | None = None,
    ended_at: datetime | None = None,
) -> None:
    """End a live item: readers have it no longer.

    `GONE` keeps a tombstone with an explanation, `REDIRECTED` sends readers to an address or an item, `VANISHED` answers as
    if the item had never been.
    """
    connection = unit.session.connection()
    said = {"standing": standing.value, "explanation": explanation, "alternative": alternative, "target_id": target_id}
    end = _END_ITEM.values(**said, ended_at=ended_at or clock.now())

    def write(numbered: Numbered) -> None:
        ended = supersede_live(connection, item_id, numbered.sequence)
        ended_item = connection.execute(end.values(sequence=numbered.sequence), {"published_id": item_id}).one()
        note_digest(change, _digest_of_ending(ended_item))
        move_positions(unit, type, ended_item.agency, ended.channels, numbered)
        if ended.had_end:
            store_next_due(unit, connection, type)

    when_numbered(unit, change, write)


def withdraw_item(
    unit: UnitOfWork, rendered: RenderedItem, change: Change, publication: Publication, explanation: str
) -> None:
    """Withdraw an item that stays readable: `rendered` is its live edition with the notice that readers must show."""
    rebuild(unit, rendered, change, publication)
    _note_withdrawn(unit, rendered.item_id, change, explanation, clock.now())


def publish_as_withdrawn(
    unit: UnitOfWork,
    rendered: RenderedItem,
    change: Change,
    explanation: str,
    withdrawn_at: datetime,
    window: Window | None = None,
) -> None:
    """Make this edition, which contains the notice of a withdrawal, the one that readers can still read."""
    publish(unit, rendered, change, window)
    _note_withdrawn(unit, rendered.item_id, change, explanation, withdrawn_at)


def _note_withdrawn(unit: UnitOfWork, item_id: str, change: Change, explanation: str, withdrawn_at: datetime) -> None:
    values = {"standing": Standing.WITHDRAWN.value, "explanation": explanation, "ended_at": withdrawn_at}

    def write(_numbered: Numbered) -> None:
        unit.session.connection().execute(UPDATE_ITEM.values(**values), {"published_id": item_id})

    when_numbered(unit, change, write)


def _digest_of_ending(ended_item: Row[Any]) -> str:
    row = dict(ended_item._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
    return ending_digest({**row, "ended_at": clock.micros(row["ended_at"])})


def _replace(connection: Connection, item_id: str, publication: Publication | None, sequence: int) -> frozenset[str]:
    """Make room for the same publication, rendered again; a scheduled one, which no one could read yet, leaves no trace. Returns the
    channels on which readers had it.
    """
    if publication is None:
        return supersede_live(connection, item_id, sequence).channels
    if publication.is_scheduled:
        drop_publication(connection, publication.id)
        return frozenset()
    return supersede_one(connection, publication.id, sequence).channels
