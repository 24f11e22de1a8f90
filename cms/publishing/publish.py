"""Writing the delivery tables, inside the unit of work of the service that publishes.

Every row is written when the sequence of its change is known, so it is written once. Readers see all of it or nothing.
"""

from __future__ import annotations

import hashlib

import orjson
from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from cms.changes.log import when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork
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

# A publication that nobody planned is effective at once on every node, whatever its clock says.
AT_ONCE = clock.EPOCH


def publish(unit: UnitOfWork, presented: Presented, change: Change) -> None:
    """Make this edition the live one: the publication before it is superseded, its terms and files are replaced.

    Raises `Conflict("slug_taken")` when the slug was published for another item.
    """
    number = _published_item(unit.session, presented)
    _keep_slug(unit.session, presented)
    when_numbered(unit, change, lambda sequence: _write(unit.session, presented, number, sequence))


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

    def write(sequence: int) -> None:
        _supersede(unit.session, item_id, sequence)
        unit.session.execute(
            update(PublishedItem)
            .where(PublishedItem.id == item_id)
            .values(
                standing=standing.value,
                explanation=explanation,
                alternative=alternative,
                ended_at=clock.now(),
                sequence=sequence,
            )
        )

    when_numbered(unit, change, write)


def owner_of_slug(session: Session, type: str, agency: str, slug: str) -> str | None:
    """The item that was published under this address, now or earlier."""
    return session.scalar(
        select(PublishedSlug.item_id).where(
            PublishedSlug.type == type, PublishedSlug.agency == agency, PublishedSlug.slug == slug
        )
    )


def _published_item(session: Session, presented: Presented) -> int:
    """The row number of the item in the delivery half, made at its first publication."""
    number = session.scalar(select(PublishedItem.number).where(PublishedItem.id == presented.item_id))
    if number is not None:
        return number
    return session.execute(
        insert(PublishedItem)
        .values(
            id=presented.item_id,
            type=presented.type,
            agency=presented.agency,
            standing=Standing.LIVE.value,
            first_published_at=presented.published_at,
            sequence=0,
        )
        .returning(PublishedItem.number)
    ).scalar_one()


def _keep_slug(session: Session, presented: Presented) -> None:
    address = {"type": presented.type, "agency": presented.agency, "slug": presented.slug}
    owner = owner_of_slug(session, **address)
    if owner is None:
        session.execute(insert(PublishedSlug).values(**address, item_id=presented.item_id))
    elif owner != presented.item_id:
        raise Conflict("slug_taken", slug=presented.slug)


def _write(session: Session, presented: Presented, number: int, sequence: int) -> None:
    _supersede(session, presented.item_id, sequence)
    session.execute(
        update(PublishedItem)
        .where(PublishedItem.number == number)
        .values(
            standing=Standing.LIVE.value,
            agency=presented.agency,
            explanation=None,
            alternative=None,
            ended_at=None,
            sequence=sequence,
        )
    )
    publication_id = _insert_publication(session, presented, number, sequence)
    shared = {"publication_id": publication_id, "item_number": number}
    if presented.terms:
        described = {"type": presented.type, "agency": presented.agency, "published_at": presented.published_at}
        session.execute(
            insert(PublicationTerm),
            [{**shared, **described, "scheme": scheme, "term": term} for scheme, term in sorted(presented.terms)],
        )
    if presented.files:
        session.execute(
            insert(PublicationFile),
            [
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
            ],
        )


def _insert_publication(session: Session, presented: Presented, number: int, sequence: int) -> int:
    full_json = orjson.dumps(presented.full, option=orjson.OPT_UTC_Z)
    return session.execute(
        insert(Publication)
        .values(
            item_number=number,
            item_id=presented.item_id,
            type=presented.type,
            edition=presented.edition,
            agency=presented.agency,
            slug=presented.slug,
            language=presented.language,
            published_at=presented.published_at,
            updated_at=presented.updated_at,
            effective_from=AT_ONCE,
            effective_until=None,
            card_json=orjson.dumps(presented.card, option=orjson.OPT_UTC_Z).decode(),
            full_json=full_json.decode(),
            digest=hashlib.sha256(full_json).hexdigest(),
            sequence=sequence,
        )
        .returning(Publication.id)
    ).scalar_one()


def _supersede(session: Session, item_id: str, sequence: int) -> None:
    """End the live publication; the row stays, what finds it in lists and serves its files goes."""
    ended: CursorResult[tuple[int]] = session.execute(  # type: ignore[assignment]
        update(Publication)
        .where(Publication.item_id == item_id, Publication.superseded_sequence.is_(None))
        .values(superseded_sequence=sequence)
        .returning(Publication.id)
    )
    for publication_id in ended.scalars().all():
        session.execute(delete(PublicationTerm).where(PublicationTerm.publication_id == publication_id))
        session.execute(delete(PublicationFile).where(PublicationFile.publication_id == publication_id))
