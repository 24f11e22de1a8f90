"""The rows of one publication: itself, its terms, and its files.

Written as Core statements on the session's connection: they are never loaded as objects, and the ORM's unit of work would
cost several times as much as the statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from cms.changes.log import Numbered
from cms.core import clock
from cms.core.compiled import CompiledStatement
from cms.core.db import table_of
from cms.core.errors import Unavailable
from cms.publishing.digests import HEADER, MOMENTS, publication_digest
from cms.publishing.models import Publication, PublicationFile, PublicationTerm
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.reposts import Carried, carrier_terms, with_carriers
from cms.publishing.serials import with_number

_publications, _terms, _files = table_of(Publication), table_of(PublicationTerm), table_of(PublicationFile)

_INSERT_PUBLICATION = CompiledStatement(
    insert(_publications).returning(_publications.c.id), set(_publications.c.keys()) - {"id"}
)
_INSERT_TERMS = CompiledStatement(insert(_terms), _terms.c.keys())
_INSERT_FILES = insert(_files)
_SUPERSEDE = update(_publications).values(superseded_sequence=bindparam("ended_by"))
_SUPERSEDE_LIVE = CompiledStatement(
    _SUPERSEDE.where(
        _publications.c.item_id == bindparam("ended_item_id"),
        _publications.c.superseded_sequence.is_(None),
        _publications.c.is_scheduled.is_(False),
    ).returning(
        _publications.c.id,
        _publications.c.effective_until,
    )
)
_SUPERSEDE_ONE = _SUPERSEDE.where(
    _publications.c.id == bindparam("ended_id"),
    _publications.c.superseded_sequence.is_(None),
    _publications.c.is_scheduled.is_(False),
)
_READ_ONE = select(*(_publications.c[name] for name in (*HEADER, "card_json", "full_json"))).where(
    _publications.c.id == bindparam("wanted_id")
)
_SET_DIGEST = (
    update(_publications).where(_publications.c.id == bindparam("wanted_id")).values(digest=bindparam("found"))
)
_NUMBER_ONE = (
    update(_publications)
    .where(_publications.c.id == bindparam("wanted_id"))
    .values(
        sequence=bindparam("at_sequence"),
        changed_at=bindparam("at"),
        card_json=bindparam("card"),
        full_json=bindparam("full"),
        digest=bindparam("found"),
    )
)
_DELETE_PUBLICATION = delete(_publications).where(
    _publications.c.id == bindparam("ended_id"), _publications.c.is_scheduled.is_(True)
)
_DELETE_TERMS = (
    delete(_terms).where(_terms.c.publication_id == bindparam("ended_id")).returning(_terms.c.scheme, _terms.c.term)
)
_DELETE_FILES = delete(_files).where(_files.c.publication_id == bindparam("ended_id"))

CHANGED = "changed_at"
"""The field of both forms that only the end of the transaction knows (`EditionToRender.times` keeps its place)."""

# An unscheduled publication takes effect at once on every node, whatever its clock says.
AT_ONCE = clock.EPOCH


@dataclass(frozen=True, slots=True)
class Window:
    """When readers have a publication, the explanation after its end, and who scheduled that."""

    begins: datetime = AT_ONCE
    ends: datetime | None = None
    end_explanation: str | None = None
    is_scheduled: bool = False
    scheduled_by_id: str | None = None
    scheduled_by_label: str | None = None

    @classmethod
    def of(cls, publication: Publication) -> Window:
        """The window of a publication."""
        return cls(
            publication.effective_from,
            publication.effective_until,
            publication.end_explanation,
            publication.is_scheduled,
            publication.scheduled_by_id,
            publication.scheduled_by_label,
        )


def write_publication(
    connection: Connection,
    rendered: RenderedItem,
    number: int,
    carriers: Sequence[Carried],
    numbered: Numbered,
    window: Window,
) -> str:
    """Insert a publication with its terms and files; returns its digest."""
    terms, files = _terms_of(rendered, carriers), _files_of(rendered)
    row = {
        **_row(rendered, number, carriers, numbered, window),
        "terms_json": orjson.dumps([[term["scheme"], term["term"], term["repost"]] for term in terms]).decode(),
        "files_json": orjson.dumps(files, option=orjson.OPT_SORT_KEYS).decode(),
    }
    digest = _digest_of(row)
    publication_id = _INSERT_PUBLICATION.run(connection, {**row, "digest": digest}).scalar_one()
    if terms:
        _INSERT_TERMS.run(connection, [{**_shared(rendered, number, publication_id), **term} for term in terms])
    if files:
        connection.execute(
            _INSERT_FILES,
            [{"publication_id": publication_id, "item_id": rendered.item_id, **file} for file in files],
        )
    return digest


def digested_again(connection: Connection, publication_id: int) -> str:
    """Write and return the new digest of a publication whose window was changed."""
    row = connection.execute(_READ_ONE, {"wanted_id": publication_id}).mappings().one()
    digest = _digest_of(dict(row))
    connection.execute(_SET_DIGEST, {"wanted_id": publication_id, "found": digest})
    return digest


def numbered_live(connection: Connection, publication_id: int, numbered: Numbered) -> tuple[str, frozenset[str]]:
    """Note the line by which a scheduled publication was carried out, and its moment in both forms; returns the new digest and the
    channels that it is on.
    """
    row = dict(connection.execute(_READ_ONE, {"wanted_id": publication_id}).mappings().one())
    row["changed_at"] = numbered.changed_at
    for form in ("card_json", "full_json"):
        shown = orjson.loads(row[form])
        row[form] = orjson.dumps({**shown, CHANGED: clock.rfc3339_exact(numbered.changed_at)}).decode()
    digest = _digest_of(row)
    said = {"at": numbered.changed_at, "card": row["card_json"], "full": row["full_json"], "found": digest}
    connection.execute(_NUMBER_ONE, {"wanted_id": publication_id, "at_sequence": numbered.sequence, **said})
    channels = (term for scheme, term, _repost in orjson.loads(row["terms_json"]) if scheme == "channel")
    return digest, frozenset({row["agency"], *channels})


class Ended(NamedTuple):
    """What was live until now: whether its end was scheduled, and the channels that it was on."""

    had_end: bool
    channels: frozenset[str]


NOTHING_ENDED = Ended(had_end=False, channels=frozenset())


def supersede_live(connection: Connection, item_id: str, sequence: int) -> Ended:
    """End the live publication; its row stays, its terms and files are removed."""
    ended = _SUPERSEDE_LIVE.run(connection, {"ended_item_id": item_id, "ended_by": sequence}).all()
    channels = frozenset(channel for row in ended for channel in _unlist(connection, row.id))
    return Ended(any(row.effective_until is not None for row in ended), channels)


def supersede_one(connection: Connection, publication_id: int, sequence: int) -> Ended:
    """End this publication, like `supersede_live`. Raises `Unavailable("busy")` when it is live no more."""
    channels = _unlist(connection, publication_id)
    ended = connection.execute(_SUPERSEDE_ONE, {"ended_id": publication_id, "ended_by": sequence})
    _check_untouched(ended.rowcount)
    return Ended(had_end=False, channels=channels)


def channels_of(rendered: RenderedItem, carriers: Iterable[Carried]) -> frozenset[str]:
    """The channels that an item is on: its owner's, its own, and those of who carries it."""
    own = (term for scheme, term in rendered.terms if scheme == "channel")
    return frozenset({rendered.agency, *own, *(carrier.agency for carrier in carriers)})


def drop_publication(connection: Connection, publication_id: int) -> None:
    """Remove a publication that no one could read yet. Raises `Unavailable("busy")` when it is scheduled no more."""
    _unlist(connection, publication_id)
    _check_untouched(connection.execute(_DELETE_PUBLICATION, {"ended_id": publication_id}).rowcount)


def _check_untouched(found: int) -> None:
    """A schedule may have been carried out since the caller read the publication: then the caller has to read it again."""
    if found != 1:
        raise Unavailable("busy", headers={"Retry-After": "1"})


def _unlist(connection: Connection, publication_id: int) -> frozenset[str]:
    """Remove its terms and files; returns the channels that it was on."""
    terms = connection.execute(_DELETE_TERMS, {"ended_id": publication_id}).all()
    connection.execute(_DELETE_FILES, {"ended_id": publication_id})
    return frozenset(term for scheme, term in terms if scheme == "channel")


def _row(
    rendered: RenderedItem, number: int, carriers: Sequence[Carried], numbered: Numbered, window: Window
) -> dict[str, Any]:
    # What is scheduled has not changed anything yet: until it is carried out its forms name the scheduled moment.
    shown = {CHANGED: clock.rfc3339_exact(window.begins if window.is_scheduled else numbered.changed_at)}
    full = with_carriers(with_number(rendered.full, number), carriers)
    return {
        "item_number": number,
        "item_id": rendered.item_id,
        "type": rendered.type,
        "edition": rendered.edition,
        "agency": rendered.agency,
        "slug": rendered.slug,
        "language": rendered.language,
        "published_at": rendered.published_at,
        "updated_at": rendered.updated_at,
        "changed_at": None if window.is_scheduled else numbered.changed_at,
        "valid_from": rendered.valid.begins,
        "valid_until": rendered.valid.ends,
        "event_from": rendered.event and rendered.event.begins,
        "event_until": rendered.event and rendered.event.ends,
        "effective_from": window.begins,
        "effective_until": window.ends,
        "is_scheduled": window.is_scheduled,
        "end_explanation": window.end_explanation,
        "scheduled_by_id": window.scheduled_by_id,
        "scheduled_by_label": window.scheduled_by_label,
        "card_json": orjson.dumps({**with_number(rendered.card, number), **shown}, option=orjson.OPT_UTC_Z).decode(),
        "full_json": orjson.dumps({**full, **shown}, option=orjson.OPT_UTC_Z).decode(),
        "sequence": numbered.sequence,
        "rendered_sequence": numbered.sequence,
        "superseded_sequence": None,
    }


def _digest_of(row: Mapping[str, Any]) -> str:
    return publication_digest(
        {**row, **{name: None if row[name] is None else clock.micros(row[name]) for name in MOMENTS}}
    )


def _shared(rendered: RenderedItem, number: int, publication_id: int) -> dict[str, Any]:
    """The values in every row of a publication's terms."""
    return {
        "publication_id": publication_id,
        "item_number": number,
        "type": rendered.type,
        "agency": rendered.agency,
        "published_at": rendered.published_at,
    }


def _terms_of(rendered: RenderedItem, carriers: Sequence[Carried]) -> list[dict[str, Any]]:
    """Its terms, in the order of the digest."""
    terms = [{"scheme": scheme, "term": term, "repost": None} for scheme, term in sorted(rendered.terms)]
    return terms + carrier_terms(carriers, rendered.terms)


def _files_of(rendered: RenderedItem) -> list[dict[str, Any]]:
    """Its files, in the order of the digest."""
    return [
        {
            "file_id": file.id,
            "name": file.name,
            "media_type": file.media_type,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "is_attachment": file.is_attachment,
        }
        for file in rendered.files
    ]
