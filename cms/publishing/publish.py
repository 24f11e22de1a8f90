"""Writing the delivery tables, inside the unit of work of the service that publishes.

Every row is written when the sequence of its change is known, so it is written once. Readers see all of it or nothing.
What is planned for a later moment is written by `cms.publishing.planning` with the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from cms.changes.log import when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.core.errors import Conflict
from cms.publishing.due import due_again
from cms.publishing.models import Publication, PublishedItem, PublishedSlug, Standing
from cms.publishing.presented import Presented
from cms.publishing.reposts import REPOST_COUNT, Carried, carried
from cms.publishing.rows import AT_ONCE, Window, drop_publication, supersede_live, supersede_one, write_publication

_items, _slugs = table_of(PublishedItem), table_of(PublishedSlug)

_NUMBER = select(_items.c.number, REPOST_COUNT).where(_items.c.id == bindparam("published_id"))
_INSERT_ITEM = insert(_items).returning(_items.c.number)
UPDATE_ITEM = update(_items).where(_items.c.id == bindparam("published_id"))
_LIVE_AGAIN = UPDATE_ITEM.values(
    standing=Standing.LIVE.value,
    agency=bindparam("owner"),
    explanation=None,
    alternative=None,
    target_id=None,
    ended_at=None,
    public_updated_at=bindparam("major_at"),
    change_history=bindparam("history"),
    sequence=bindparam("at_sequence"),
)
_REPRESENTED = UPDATE_ITEM.values(sequence=bindparam("at_sequence"))
_SLUG_OWNER = select(_slugs.c.item_id, _slugs.c.effective_from).where(
    _slugs.c.type == bindparam("type"), _slugs.c.agency == bindparam("agency"), _slugs.c.slug == bindparam("slug")
)
_INSERT_SLUG = insert(_slugs)


def publish(unit: UnitOfWork, presented: Presented, change: Change, window: Window | None = None) -> None:
    """Make this edition the live one: the publication before it is superseded, its terms and files are replaced.

    `window` says until when, unless it is for good. Raises `Conflict("slug_taken")` when the slug was published for another item.
    """
    connection = unit.session.connection()
    number, carriers = published_item(connection, presented, Standing.LIVE)
    keep_slug(connection, presented, AT_ONCE)

    def write(sequence: int) -> None:
        ended = supersede_live(connection, presented.item_id, sequence)
        now_live(connection, presented.item_id, presented.agency, presented.full, sequence)
        write_publication(connection, presented, number, carriers, sequence, window or Window())
        if any(row.effective_until is not None for row in ended) or window is not None:
            due_again(unit, connection, presented.type)

    when_numbered(unit, change, write)


def represent(unit: UnitOfWork, presented: Presented, change: Change, publication: Publication | None = None) -> None:
    """Present a current publication again because something it shows has changed (an agency's name, for example).

    When it begins and ends stays, and so does the standing of the item. Without `publication` it is the live one, whose end
    nobody planned.
    """
    connection = unit.session.connection()
    number, carriers = published_item(connection, presented, Standing.LIVE)
    window = Window.of(publication) if publication else Window()

    def write(sequence: int) -> None:
        _replace(connection, presented.item_id, publication, sequence)
        connection.execute(_REPRESENTED, {"published_id": presented.item_id, "at_sequence": sequence})
        write_publication(connection, presented, number, carriers, sequence, window)

    when_numbered(unit, change, write)


def withdraw(
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
    """Take a live item back. `GONE` keeps a tombstone with an explanation, `REDIRECTED` says where readers find it now
    (an address or an item), `VANISHED` answers like nothing at all.
    """
    connection = unit.session.connection()
    values = {
        "standing": standing.value,
        "explanation": explanation,
        "alternative": alternative,
        "target_id": target_id,
        "ended_at": ended_at or clock.now(),
    }

    def write(sequence: int) -> None:
        ended = supersede_live(connection, item_id, sequence)
        connection.execute(UPDATE_ITEM.values(**values, sequence=sequence), {"published_id": item_id})
        if any(row.effective_until is not None for row in ended):
            due_again(unit, connection, type)

    when_numbered(unit, change, write)


def keep_readable(
    unit: UnitOfWork, presented: Presented, change: Change, publication: Publication, explanation: str
) -> None:
    """Withdraw an item that stays readable: `presented` is its live edition with the notice that readers must show."""
    represent(unit, presented, change, publication)
    values = {"standing": Standing.WITHDRAWN.value, "explanation": explanation, "ended_at": clock.now()}

    def write(_sequence: int) -> None:
        unit.session.connection().execute(UPDATE_ITEM.values(**values), {"published_id": presented.item_id})

    when_numbered(unit, change, write)


def owner_of_slug(session: Session, type: str, agency: str, slug: str) -> str | None:
    """The item that was published under this address, now or earlier."""
    found = session.connection().execute(_SLUG_OWNER, {"type": type, "agency": agency, "slug": slug}).one_or_none()
    return None if found is None else found.item_id


def now_live(connection: Connection, item_id: str, agency: str, full: Mapping[str, Any], sequence: int) -> None:
    """Note that readers have this full form of the item, and what its public history says."""
    major_at = full.get("public_updated_at")
    values = {
        "published_id": item_id,
        "owner": agency,
        "major_at": datetime.fromisoformat(major_at) if major_at else None,
        "history": full.get("change_history", []),
        "at_sequence": sequence,
    }
    connection.execute(_LIVE_AGAIN, values)


def published_item(connection: Connection, presented: Presented, standing: Standing) -> tuple[int, Sequence[Carried]]:
    """The row number of the item in the delivery half, made at its first publication, and who carries it."""
    found = connection.execute(_NUMBER, {"published_id": presented.item_id}).one_or_none()
    if found is not None:
        number, reposts = found
        return number, carried(connection, presented.item_id) if reposts else ()
    first = {
        "id": presented.item_id,
        "type": presented.type,
        "agency": presented.agency,
        "standing": standing.value,
        "first_published_at": presented.published_at,
        "sequence": 0,
    }
    made: int = connection.execute(_INSERT_ITEM, first).scalar_one()
    return made, ()


def keep_slug(connection: Connection, presented: Presented, effective_from: datetime) -> None:
    """Give the address to the item for ever, from this moment on. Raises `Conflict("slug_taken")`."""
    address = {"type": presented.type, "agency": presented.agency, "slug": presented.slug}
    found = connection.execute(_SLUG_OWNER, address).one_or_none()
    if found is None:
        connection.execute(_INSERT_SLUG, {**address, "item_id": presented.item_id, "effective_from": effective_from})
    elif found.item_id != presented.item_id:
        raise Conflict("slug_taken", slug=presented.slug)


def _replace(connection: Connection, item_id: str, publication: Publication | None, sequence: int) -> None:
    """Make room for the same publication, presented again; what nobody could read yet leaves no trace."""
    if publication is None:
        supersede_live(connection, item_id, sequence)
    elif publication.is_planned:
        drop_publication(connection, publication.id)
    else:
        supersede_one(connection, publication.id, sequence)
