"""Reads stored publications for proofs: raw values, some items at a time, each batch from one state of the database."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from cms.changes.stored_lines import nothing, read_json, read_moment, snapshot
from cms.core.errors import DomainError
from cms.core.storage.blobs import Storage
from cms.publishing.digests import HEADER
from cms.publishing.proof import ContentFinding, StoredItem, findings_of

BATCH = 100
_ITEM = "SELECT number, id, type, agency, standing, explanation, alternative, target_id, ended_at FROM published_items"
_NUMBERS = "SELECT number FROM published_items WHERE number > :after ORDER BY number LIMIT :count"
_CHOSEN = f"{_ITEM} WHERE number IN :numbers"
_PUBLICATIONS = (
    f"SELECT id, item_number, sequence, superseded_sequence, digest, card_json, full_json, {', '.join(HEADER)}"  # noqa: S608 - names of our own
    " FROM publications WHERE item_number IN :numbers ORDER BY id"
)
_LINES = "SELECT sequence, action, resource_id, facts FROM changes WHERE resource_id IN :ids ORDER BY sequence"
_TERMS = (
    "SELECT t.publication_id, t.scheme, t.term, t.repost, t.type, t.agency, t.published_at, t.item_number"
    " FROM publication_terms t JOIN publications p ON p.id = t.publication_id WHERE p.item_number IN :numbers"
)
_FILES = (
    "SELECT f.publication_id, f.file_id, f.item_id, f.name, f.media_type, f.bytes, f.sha256, f.is_attachment"
    " FROM publication_files f JOIN publications p ON p.id = f.publication_id WHERE p.item_number IN :numbers"
)
_SLUGS = "SELECT type, agency, slug, item_id FROM published_slugs WHERE item_id IN :ids"
_MISSING = (
    "SELECT DISTINCT c.resource_type, c.resource_id FROM changes c WHERE c.is_public AND c.action IN ('post.published',"
    " 'document.published') AND NOT EXISTS (SELECT 1 FROM published_items i WHERE i.id = c.resource_id)"
)
_OTHER_IMAGES = (
    "SELECT p.type, p.item_id, p.edition FROM publication_files f JOIN publications p ON p.id = f.publication_id"
    " JOIN images i ON i.id = f.file_id WHERE i.sha256 <> f.sha256"
)
_BYTES = (
    "SELECT f.sha256, min(p.type), min(p.item_id), min(p.edition) FROM publication_files f"
    " JOIN publications p ON p.id = f.publication_id GROUP BY f.sha256 ORDER BY f.sha256"
)


def prove_content(progress: Callable[[int], None] = nothing) -> Iterator[ContentFinding]:
    """All differences between what readers get and the log; `progress` gets the number of checked items."""
    with snapshot() as connection:
        for kind, item_id in connection.execute(text(_MISSING)):
            yield ContentFinding(str(kind), str(item_id), None, "it was published and is gone from what readers have")
        for kind, item_id, edition in connection.execute(text(_OTHER_IMAGES)):
            yield ContentFinding(
                str(kind), str(item_id), edition, "an image has other bytes than it was published with"
            )
    after, count = 0, 0
    while True:
        numbers = _next_numbers(after)
        if not numbers:
            return
        yield from prove_items(numbers)
        after, count = numbers[-1], count + len(numbers)
        progress(count)


def prove_items(numbers: Sequence[int]) -> Iterator[ContentFinding]:
    """The findings about these items; a value that the driver cannot read is one too."""
    try:
        stored = list(_stored(numbers))
    except DBAPIError:
        if len(numbers) == 1:
            yield ContentFinding("item", f"number {numbers[0]}", None, "a value of it cannot be read")
            return
        for number in numbers:
            yield from prove_items([number])
        return
    for item in stored:
        yield from findings_of(item)


def prove_bytes(storage: Storage) -> Iterator[ContentFinding]:
    """Files for readers whose bytes are missing or do not match their digest."""
    with snapshot() as connection:
        rows = connection.execute(text(_BYTES)).all()
    for sha256, kind, item_id, edition in rows:
        try:
            what = None if _digest_of(storage, sha256) == sha256 else "were altered"
        except (OSError, ValueError, DomainError):
            what = "are missing"
        if what is not None:
            yield ContentFinding(kind, item_id, edition, f"the bytes of the file {sha256} {what}")


def item_numbers() -> list[int]:
    """The numbers of all items that readers have or had."""
    with snapshot() as connection:
        return list(connection.execute(text("SELECT number FROM published_items ORDER BY number")).scalars())


def _digest_of(storage: Storage, sha256: str) -> str:
    found = hashlib.sha256()
    for part in storage.open(sha256):
        found.update(part)
    return found.hexdigest()


def _next_numbers(after: int) -> list[int]:
    with snapshot() as connection:
        return list(connection.execute(text(_NUMBERS), {"after": after, "count": BATCH}).scalars())


def _stored(numbers: Sequence[int]) -> Iterator[StoredItem]:
    with snapshot() as connection:
        items = _rows(connection, _CHOSEN, numbers=numbers)
        ids = [item["id"] for item in items]
        publications = _by(_rows(connection, _PUBLICATIONS, numbers=numbers), "item_number")
        lines = _by(_rows(connection, _LINES, ids=ids), "resource_id")
        slugs = _by(_rows(connection, _SLUGS, ids=ids), "item_id")
        terms, files = _rows(connection, _TERMS, numbers=numbers), _rows(connection, _FILES, numbers=numbers)
    beside = {name: _by(rows, "publication_id") for name, rows in (("terms", terms), ("files", files))}
    for item in items:
        own = publications[item["number"]]
        found = {name: [row for each in own for row in rows[each["id"]]] for name, rows in beside.items()}
        yield StoredItem(item, own, lines[item["id"]], found["terms"], found["files"], slugs[item["id"]])


def _rows(connection: Connection, statement: str, **lists: Sequence[Any]) -> list[dict[str, Any]]:
    expanding = text(statement).bindparams(*(bindparam(name, expanding=True) for name in lists))
    return [_read(dict(row)) for row in connection.execute(expanding, lists).mappings()]


def _read(read: dict[str, Any]) -> dict[str, Any]:
    """A row in the form of its digest, the same on both databases."""
    if "is_scheduled" in read:
        read["is_scheduled"] = {0: False, 1: True}.get(read["is_scheduled"], read["is_scheduled"])
    if "facts" in read:
        read["facts"] = read_json(read["facts"])
    if "ended_at" in read and read["ended_at"] is not None:
        read["ended_at"] = read_moment(read["ended_at"])
    return read


def _by(rows: Sequence[dict[str, Any]], name: str) -> defaultdict[Any, list[dict[str, Any]]]:
    found: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found
