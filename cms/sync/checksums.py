"""Count and hash of what a copy should have: it finds drift without a download."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import orjson

from cms.changes.public_lines import item_digest
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.responding import Basis, Body, respond
from cms.sync.followed import Followed, followed
from cms.sync.lines import text_digest
from cms.sync.pages import asked_position, content_of, topics_of
from cms.sync.positions import FROM_THE_BEGINNING
from cms.sync.references import REFERENCE_TYPES, shown_rows

WINDOW: Final = 2_000
"""Items of one statement."""


@dataclass(slots=True)
class Checksum:
    """How many, and the XOR of the SHA-256 of `id:digest` of each: the order does not matter."""

    count: int = 0
    mixed: int = 0

    def add(self, item_id: str, digest: str) -> None:
        """Count one more."""
        self.count += 1
        self.mixed ^= int.from_bytes(hashlib.sha256(f"{item_id}:{digest}".encode()).digest())

    def shown(self, type: str) -> dict[str, Any]:
        """As readers get it."""
        return {"type": type, "count": self.count, "hash": f"{self.mixed:064x}"}


def read_checksum(request: DeliveryRequest, types: DeliveredTypes, query: Mapping[str, Any]) -> FinishedAnswer:
    """The checksums of a position, one for each of its types. Raises as `asked_position` does."""
    position = asked_position(request, types, query)
    copied = followed(request, content_of(types, position), position, query)
    basis = Basis(topics=topics_of(position), groups=("sync",))
    return respond(request, basis, lambda sequence: _body(request, copied, sequence))


def _body(request: DeliveryRequest, copied: Followed, newest: int) -> Body:
    position, sources = copied.position, request.sources
    asked = repr((position.types, sorted(position.filters.items())))
    rows = sources.shared(f"checksum {asked}", lambda: list(_checksums(request, copied, newest)))
    is_complete = position.after == position.whole and position.after >= newest
    meta = {"sequence": newest, "epoch": request.heads.epoch, "complete": is_complete, "media_base": sources.public_url}
    return Body(orjson.dumps({"data": rows, "meta": meta}), [])


def _checksums(request: DeliveryRequest, copied: Followed, newest: int) -> Iterator[dict[str, Any]]:
    found = {name: Checksum() for name in copied.position.types}
    for name, item_id, digest in chain(_references(request, found), _items(request, copied, newest)):
        found[name].add(item_id, digest)
    yield from (checksum.shown(name) for name, checksum in found.items())


def _items(request: DeliveryRequest, copied: Followed, newest: int) -> Iterator[tuple[str, str, str]]:
    epoch, after = request.heads.epoch, FROM_THE_BEGINNING
    until = max(newest, copied.position.after)
    while after < until:
        items = copied.walk.items(after, until, WINDOW)
        for item in items:
            shown_as = copied.shown_as(item)
            if shown_as is not None:
                yield item.type, item.id, item_digest(epoch, item.id, item.publication_sequence, shown_as)
        after = items[-1].sequence if len(items) == WINDOW else until


def _references(request: DeliveryRequest, types: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for name in types:
        if name in REFERENCE_TYPES:
            for key, row in shown_rows(request.sources.reference_data(), name).items():
                yield name, key, text_digest(orjson.dumps(row).decode())
