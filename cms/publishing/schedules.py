"""Scheduled publications, written in advance, and the scheduled end of the live one.

Reads compare scheduled moments with the clock, so a scheduled publication appears on the second, even if nobody has carried it out.
Carrying out (`carry_out_schedule`) makes it an ordinary publication and gives it its line in the log: the half of a schedule that readers
and the log see. The item of the editors follows by itself (`cms.editorial.schedules.followers`).

Whoever changes or carries out the schedules of an item, or renders what is scheduled again, holds them first (`hold_schedules`), so that
these cannot overlap; the head of the log is taken after that, by everybody, so nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, select, update

from cms.changes.actions import ContentAction, ContentVerb
from cms.changes.facts import Cause, CauseKind, EndingKind, note_digest, note_scheduled
from cms.changes.heads import log_head
from cms.changes.log import Numbered, record, when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.core.permissions import Actor
from cms.publishing.items import UPDATE_ITEM, keep_slug, live_again, scheduled_item
from cms.publishing.models import Publication, PublishedItem, PublishedSlug, Standing
from cms.publishing.next_due import store_next_due
from cms.publishing.positions import move_positions
from cms.publishing.publish import end_item
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.rows import (
    AT_ONCE,
    Window,
    digested_again,
    drop_publication,
    numbered_live,
    supersede_live,
    write_publication,
)

_items, _slugs = table_of(PublishedItem), table_of(PublishedSlug)
_publications = table_of(Publication)
UNKNOWN_PERSON = "system: schedule"
NOT_NUMBERED = 0
"""Sequence of rows within the transaction that carries out a schedule, until the log numbers the change."""

_CURRENT = (_publications.c.item_id == bindparam("current_id"), _publications.c.superseded_sequence.is_(None))
_LIVE = (*_CURRENT, _publications.c.is_scheduled.is_(False))
_SCHEDULED = (*_CURRENT, _publications.c.is_scheduled.is_(True))
_END_LIVE = (
    update(_publications)
    .where(*_LIVE)
    .values(
        effective_until=bindparam("ends"),
        end_explanation=bindparam("told"),
        scheduled_by_id=bindparam("scheduled_by_id"),
        scheduled_by_label=bindparam("scheduled_by_label"),
    )
    .returning(_publications.c.id)
)
_SCHEDULED_IDS = select(_publications.c.id).where(*_SCHEDULED)
_SCHEDULES = select(
    *(
        _publications.c[name]
        for name in (
            "id", "type", "agency", "edition", "is_scheduled", "effective_from", "effective_until", "end_explanation",
            "scheduled_by_id", "scheduled_by_label", "full_json",
        )
    )
).where(*_CURRENT)  # fmt: skip
_HELD = select(_items.c.id).where(_items.c.id.in_(bindparam("ids", expanding=True))).order_by(_items.c.id)
_BECOMES_LIVE = (
    update(_publications)
    .where(_publications.c.id == bindparam("scheduled_id"))
    .values(is_scheduled=False, effective_from=AT_ONCE)
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
_FORGET_ITEM = delete(_items).where(
    _items.c.id == bindparam("current_id"), _items.c.standing == Standing.SCHEDULED.value
)


def schedule_publication(
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
    number, carriers = scheduled_item(connection, rendered)
    keep_slug(connection, rendered, begins)
    window = Window(begins, ends, end_explanation, True, change.actor_id, change.actor_label)

    def write(numbered: Numbered) -> None:
        _end_live(connection, rendered.item_id, change, begins, None)
        digest = write_publication(connection, rendered, number, carriers, numbered, window)
        note_scheduled(change, digest)
        store_next_due(unit, connection, rendered.type)

    when_numbered(unit, change, write)


def schedule_end(
    unit: UnitOfWork, item_id: str, type: str, change: Change, ends: datetime | None, explanation: str | None
) -> None:
    """Set the end of the live publication; `None` means no end."""
    connection = unit.session.connection()

    def write(_numbered: Numbered) -> None:
        _end_live(connection, item_id, change, ends, explanation)
        store_next_due(unit, connection, type)

    when_numbered(unit, change, write)


def cancel_schedule(unit: UnitOfWork, item_id: str, type: str, change: Change) -> None:
    """Remove everything that is scheduled for the item; no one could read it, so no trace stays."""
    connection, current = unit.session.connection(), {"current_id": item_id}
    for publication_id in connection.scalars(_SCHEDULED_IDS, current).all():
        drop_publication(connection, publication_id)
        note_scheduled(change, None)
    _end_live(connection, item_id, change, None, None)
    connection.execute(_FORGET_SLUGS, {**current, "now": clock.now()})
    connection.execute(_FORGET_ITEM, current)
    when_numbered(unit, change, lambda _numbered: store_next_due(unit, connection, type))


def _end_live(
    connection: Connection, item_id: str, change: Change, ends: datetime | None, explanation: str | None
) -> None:
    """Set the end of the live publication, if there is one, and note its new digest in the line of the log."""
    by_id, by_label = (None, None) if ends is None else (change.actor_id, change.actor_label)
    said = {"ends": ends, "told": explanation, "scheduled_by_id": by_id, "scheduled_by_label": by_label}
    found = connection.execute(_END_LIVE, {"current_id": item_id, **said}).scalar_one_or_none()
    if found is not None:
        note_digest(change, digested_again(connection, found))


@dataclass(frozen=True, slots=True)
class AfterSchedule:
    """What has become of an item's schedules, carried out now or before: whether a publication still waits, and whether one is live."""

    waits: bool
    is_live: bool


def hold_schedules(unit: UnitOfWork, item_ids: Iterable[str], *, skip_held: bool = False) -> Sequence[str]:
    """Lock the schedules of these items until the end of the transaction; returns those that it holds, in order.

    With `skip_held` those that somebody else holds are left out, and nothing waits.
    """
    held = _HELD.with_for_update(skip_locked=skip_held, key_share=True)
    return unit.session.connection().scalars(held, {"ids": list(item_ids)}).all()


def carry_out_schedule(unit: UnitOfWork, item_id: str) -> AfterSchedule:
    """Carry out the schedules of an item whose moment has come, each with a line of its own; returns what the item has then.

    The caller holds its schedules. Harmless when nothing is due: whatever was carried out before stays as it is.
    """
    moment, connection = clock.now(), unit.session.connection()
    current = connection.execute(_SCHEDULES, {"current_id": item_id}).all()
    live = next((row for row in current if not row.is_scheduled), None)
    waiting = next((row for row in current if row.is_scheduled), None)
    if waiting is not None and waiting.effective_from <= moment:
        _carry_out(unit, item_id, waiting)
        live, waiting = waiting, None
    # The end of a live publication that another one will replace is the beginning of that one.
    if live is not None and waiting is None and live.effective_until is not None and live.effective_until <= moment:
        _carry_out_end(unit, item_id, live)
        live = None
    return AfterSchedule(waits=waiting is not None, is_live=live is not None)


def _carry_out(unit: UnitOfWork, item_id: str, waiting: Row[Any]) -> None:
    """Make the scheduled publication the live one for good.

    The rows change at once, so that later steps of this transaction find a live item; only the numbers come last.
    """
    change = _line_of(unit, item_id, waiting, ContentVerb.PUBLISHED)
    connection, current = unit.session.connection(), {"current_id": item_id}
    ended = supersede_live(connection, item_id, NOT_NUMBERED)
    connection.execute(_BECOMES_LIVE, {"scheduled_id": waiting.id})
    live_again(connection, item_id, waiting.agency, orjson.loads(waiting.full_json), NOT_NUMBERED)
    # From now on its addresses exist whatever the clock says.
    connection.execute(_SLUGS_FOR_GOOD, current)

    def write(numbered: Numbered) -> None:
        connection.execute(_NUMBERED_ENDED, {**current, "at_sequence": numbered.sequence})
        note_scheduled(change, None)
        digest, channels = numbered_live(connection, waiting.id, numbered)
        note_digest(change, digest)
        move_positions(unit, waiting.type, waiting.agency, ended.channels | channels, numbered)
        connection.execute(UPDATE_ITEM.values(sequence=numbered.sequence), {"published_id": item_id})
        store_next_due(unit, connection, waiting.type)

    when_numbered(unit, change, write)


def _carry_out_end(unit: UnitOfWork, item_id: str, live: Row[Any]) -> None:
    """Take back an item whose scheduled end has come."""
    change = _line_of(unit, item_id, live, ContentVerb.UNPUBLISHED, EndingKind.EXPIRED)
    told, ended_at = live.end_explanation, live.effective_until
    end_item(unit, item_id, live.type, Standing.GONE, change, explanation=told, ended_at=ended_at)


def _line_of(
    unit: UnitOfWork, item_id: str, row: Row[Any], verb: ContentVerb, ending: EndingKind | None = None
) -> Change:
    """The line of a schedule, in the name of who scheduled it."""
    action = ContentAction(row.type, log_head().topics[row.type], verb)
    scheduled_by = Actor(row.scheduled_by_id, row.scheduled_by_label or UNKNOWN_PERSON)
    said = {"agency": row.agency, "edition": row.edition, "ending": ending}
    return record(unit, action, item_id, scheduled_by, cause=Cause(CauseKind.SCHEDULE), **said)
