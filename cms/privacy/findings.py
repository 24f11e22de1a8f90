"""Findings of personal data as they are kept and shown: kind, place, a masked value, and an id. The value itself is nowhere.

The id is a keyed digest of kind, field or file, and value: the same number in the same field is the same finding, another one is new. Without the key nobody
can find the number by trying all of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cms.core.prepared import prepared
from cms.core.runtime import runtime
from cms.core.secrets import derived_secret
from cms.privacy.kinds import DataKind, Hit
from cms.privacy.masks import HIDDEN
from cms.privacy.readable import plain
from cms.privacy.scanning import find_personal_data

MOST_LISTED: Final = 20
"""The most findings of one field or one file that are listed; the others are one finding together."""
ID_BYTES: Final = 8
FOR_CONTACT: Final = frozenset({"contact", "assistance"})
"""Fields, and whatever is in them, that are meant for contact."""
_INDEX: Final = re.compile(r"/[0-9]+(?=/|$)")

Place = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at a place. `count` is more than one for what is not listed one by one (`more`). `is_sure`: it is hardly anything else."""

    id: str
    kind: DataKind
    masked: str
    is_sure: bool
    count: int = 1
    place: Place = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The finding as it is kept and shown."""
        told = {
            "id": self.id,
            "kind": self.kind.value,
            "masked": self.masked,
            "sure": self.is_sure,
            "count": self.count,
        }
        return {**told, **self.place}


def findings_in_texts(texts: Mapping[str, str]) -> list[Finding]:
    """Personal data in the texts of an edition, by pointer."""
    return [finding for pointer, text in texts.items() for finding in _in_text(pointer, text)]


@prepared
def _in_text(pointer: str, text: str) -> list[Finding]:
    hits = find_personal_data(text, is_contact=not FOR_CONTACT.isdisjoint(pointer.split("/")))
    return gathered([(hit, {"pointer": pointer}) for hit in hits], _INDEX.sub("/-", pointer))


def gathered(hits: Sequence[tuple[Hit, Place]], whole: str) -> list[Finding]:
    """The findings of one field or file, which `whole` names: each value once, at its first place; those beyond `MOST_LISTED` as one."""
    by_id: dict[str, tuple[Hit, Place]] = {}
    for hit, place in hits:
        by_id.setdefault(_id_of(whole, hit.kind, hit.value), (hit, place))
    listed = [
        Finding(name, hit.kind, hit.masked, hit.is_sure, place=place)
        for name, (hit, place) in list(by_id.items())[:MOST_LISTED]
    ]
    others = list(by_id)[MOST_LISTED:]
    if not others:
        return listed
    _hit, place = by_id[others[0]]
    name = _id_of(whole, DataKind.MORE, ",".join(sorted(others)))
    return [*listed, Finding(name, DataKind.MORE, HIDDEN, is_sure=False, count=len(others), place=place)]


def found_on(text: str, place_of: Callable[[int], Place]) -> list[tuple[Hit, Place]]:
    """Personal data on a page of a file; `place_of` tells the place by the number of characters before it."""
    said = plain(text)
    return [(hit, place_of(hit.start)) for hit in find_personal_data(said)]


def _id_of(whole: str, kind: DataKind, value: str) -> str:
    key = derived_secret(runtime().settings.secret_key, "personal-data")
    said = f"{whole}\0{kind.value}\0{value}"
    return hashlib.blake2b(said.encode(), key=key, digest_size=ID_BYTES).hexdigest()
