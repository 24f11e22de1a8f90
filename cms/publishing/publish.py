"""Writing the delivery tables, inside the unit of work of the service that publishes.

Every row is written when the sequence of its change is known, so it is written once. Readers see all of it or nothing.
Rows are written as Core statements on the session's connection: nobody loads them as objects, and the unit of work of the
ORM would cost several times the statements themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from cms.changes.log import when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.core.errors import Conflict
from cms.publishing.models import (
    Publication,
    PublicationFile,
    PublicationTerm,
    PublishedItem,
    PublishedSlug,
    Standing,
)
from cms.publishing.presented import Presented
from cms.publishing.reposts import REPOST_COUNT, Carried, carried, carrier_terms, with_carriers

_items, _slugs = table_of(PublishedItem), table_of(PublishedSlug)
_publications, _terms, _files = table_of(Publication), table_of(PublicationTerm), table_of(PublicationFile)

_NUMBER = select(_items.c.number, REPOST_COUNT).where(_items.c.id == bindparam("published_id"))
_INSERT_ITEM = insert(_items).returning(_items.c.number)
_UPDATE_ITEM = update(_items).where(_items.c.id == bindparam("published_id"))
_LIVE_AGAIN = _UPDATE_ITEM.values(
    standing=Standing.LIVE.value,
    agency=bindparam("owner"),
    explanation=None,
    alternative=None,
    ended_at=None,
    sequence=bindparam("at_sequence"),
)
_SLUG_OWNER = select(_slugs.c.item_id).where(
    _slugs.c.type == bindparam("type"), _slugs.c.agency == bindparam("agency"), _slugs.c.slug == bindparam("slug")
)
_INSERT_SLUG = insert(_slugs)
_INSERT_PUBLICATION = insert(_publications).returning(_publications.c.id)
_INSERT_TERMS, _INSERT_FILES = insert(_terms), insert(_files)
_SUPERSEDE = (
    update(_publications)
    .where(_publications.c.item_id == bindparam("ended_item_id"), _publications.c.superseded_sequence.is_(None))
    .values(superseded_sequence=bindparam("ended_by"))
    .returning(_publications.c.id)
)
_DELETE_TERMS = delete(_terms).where(_terms.c.publication_id == bindparam("ended_id"))
_DELETE_FILES = delete(_files).where(_files.c.publication_id == bindparam("ended_id"))

# A publication that nobody planned is effective at once on every node, whatever its clock says.
AT_ONCE = clock.EPOCH


def publish(unit: UnitOfWork, presented: Presented, change: Change) -> None:
    """Make this edition the live one: the publication before it is superseded, its terms and files are replaced.

    Raises `Conflict("slug_taken")` when the slug was published for another item.
    """
    connection = unit.session.connection()
    number, carriers = _published_item(connection, presented)
    _keep_slug(connection, presented)
    when_numbered(unit, change, lambda sequence: _write(connection, presented, number, carriers, sequence))


def represent(unit: UnitOfWork, presented: Presented, change: Change) -> None:
    """Present the live edition again because something it shows has changed (an agency's name, for example)."""
    publish(unit, presented, change)


def withdraw(
    unit: UnitOfWork,
    item_id: str,
    standing: Standing,
    explanation: str | None,
    alternative: str | None,
    change: Change,
) -> None:
    """Take a live item back: `gone` keeps a tombstone with an explanation, `vanished` answers like nothing at all."""
    connection = unit.session.connection()
    ended = {"standing": standing.value, "explanation": explanation, "alternative": alternative}

    def write(sequence: int) -> None:
        _supersede(connection, item_id, sequence)
        values = {**ended, "ended_at": clock.now(), "sequence": sequence}
        connection.execute(_UPDATE_ITEM.values(**values), {"published_id": item_id})

    when_numbered(unit, change, write)


def owner_of_slug(session: Session, type: str, agency: str, slug: str) -> str | None:
    """The item that was published under this address, now or earlier."""
    return _owner_of_slug(session.connection(), {"type": type, "agency": agency, "slug": slug})


def _owner_of_slug(connection: Connection, address: dict[str, str]) -> str | None:
    owner: str | None = connection.scalar(_SLUG_OWNER, address)
    return owner


def _published_item(connection: Connection, presented: Presented) -> tuple[int, Sequence[Carried]]:
    """The row number of the item in the delivery half, made at its first publication, and who carries it."""
    found = connection.execute(_NUMBER, {"published_id": presented.item_id}).one_or_none()
    if found is not None:
        number, reposts = found
        return number, carried(connection, presented.item_id) if reposts else ()
    first = {
        "id": presented.item_id,
        "type": presented.type,
        "agency": presented.agency,
        "standing": Standing.LIVE.value,
        "first_published_at": presented.published_at,
        "sequence": 0,
    }
    made: int = connection.execute(_INSERT_ITEM, first).scalar_one()
    return made, ()


def _keep_slug(connection: Connection, presented: Presented) -> None:
    address = {"type": presented.type, "agency": presented.agency, "slug": presented.slug}
    owner = _owner_of_slug(connection, address)
    if owner is None:
        connection.execute(_INSERT_SLUG, {**address, "item_id": presented.item_id})
    elif owner != presented.item_id:
        raise Conflict("slug_taken", slug=presented.slug)


def _write(
    connection: Connection, presented: Presented, number: int, carriers: Sequence[Carried], sequence: int
) -> None:
    _supersede(connection, presented.item_id, sequence)
    connection.execute(
        _LIVE_AGAIN, {"published_id": presented.item_id, "owner": presented.agency, "at_sequence": sequence}
    )
    publication_id = _insert_publication(connection, presented, number, carriers, sequence)
    _insert_terms(connection, presented, number, carriers, publication_id)
    _insert_files(connection, presented, publication_id)


def _insert_publication(
    connection: Connection, presented: Presented, number: int, carriers: Sequence[Carried], sequence: int
) -> int:
    full_json = orjson.dumps(with_carriers(presented.full, carriers), option=orjson.OPT_UTC_Z)
    row = {
        "item_number": number,
        "item_id": presented.item_id,
        "type": presented.type,
        "edition": presented.edition,
        "agency": presented.agency,
        "slug": presented.slug,
        "language": presented.language,
        "published_at": presented.published_at,
        "updated_at": presented.updated_at,
        "effective_from": AT_ONCE,
        "effective_until": None,
        "card_json": orjson.dumps(presented.card, option=orjson.OPT_UTC_Z).decode(),
        "full_json": full_json.decode(),
        "digest": hashlib.sha256(full_json).hexdigest(),
        "sequence": sequence,
        "superseded_sequence": None,
    }
    made: int = connection.execute(_INSERT_PUBLICATION, row).scalar_one()
    return made


def _insert_terms(
    connection: Connection, presented: Presented, number: int, carriers: Sequence[Carried], publication_id: int
) -> None:
    shared = {
        "publication_id": publication_id,
        "item_number": number,
        "type": presented.type,
        "agency": presented.agency,
        "published_at": presented.published_at,
    }
    rows = [{**shared, "scheme": scheme, "term": term, "repost": None} for scheme, term in sorted(presented.terms)]
    rows += [{**shared, **term} for term in carrier_terms(carriers, presented.terms)]
    if rows:
        connection.execute(_INSERT_TERMS, rows)


def _insert_files(connection: Connection, presented: Presented, publication_id: int) -> None:
    rows = [
        {
            "publication_id": publication_id,
            "file_id": file.id,
            "item_id": presented.item_id,
            "name": file.name,
            "media_type": file.media_type,
            "bytes": file.bytes,
            "sha256": file.sha256,
        }
        for file in presented.files
    ]
    if rows:
        connection.execute(_INSERT_FILES, rows)


def _supersede(connection: Connection, item_id: str, sequence: int) -> None:
    """End the live publication; the row stays, what finds it in lists and serves its files goes."""
    ended = connection.scalars(_SUPERSEDE, {"ended_item_id": item_id, "ended_by": sequence})
    for publication_id in ended.all():
        connection.execute(_DELETE_TERMS, {"ended_id": publication_id})
        connection.execute(_DELETE_FILES, {"ended_id": publication_id})
