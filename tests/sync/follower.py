"""A copy that is kept by `/v1/sync`, as a website keeps one; the tests' own, small enough to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

Get = Callable[[str, str], TestResponse]
"""Asks for a path with a key."""
Known = tuple[str, str]
"""Type and id."""


@dataclass
class Follower:
    """What it has, and where it goes on. `begun` has what a new copy has told so far, until that is whole."""

    key: str
    start: str
    items: dict[Known, Any] = field(default_factory=dict)
    digests: dict[Known, str] = field(default_factory=dict)
    sequences: dict[Known, int] = field(default_factory=dict)
    at: str | None = None
    fresh: set[Known] | None = None
    is_complete: bool = False
    told: list[dict[str, Any]] = field(default_factory=list)
    beginnings: int = 0

    def page(self, get: Get) -> bool:
        """Take one page; True while another one is there now."""
        if self.at is None:
            self._begin(self.start)
        answer = get(self.at or self.start, self.key)
        if answer.status_code == 410 and answer.json["code"] == "position_expired":
            self._begin(answer.json["snapshot"])
            return True
        assert answer.status_code == 200, (self.at, answer.text)
        for line in answer.json["data"]:
            self._take(line)
        self.at, self.is_complete = answer.json["links"]["next"], answer.json["meta"]["complete"]
        if self.is_complete and self.fresh is not None:
            self._drop(self.items.keys() - self.fresh)
            self.fresh = None
        return not self.is_complete

    def catch_up(self, get: Get) -> None:
        """Take pages until nothing is left."""
        while self.page(get):
            pass

    def hashes(self) -> dict[str, tuple[int, str]]:
        """Count and hash of each type, as the checksum has them."""
        found: dict[str, tuple[int, int]] = {}
        for (kind, item_id), digest in self.digests.items():
            number, mixed = found.get(kind, (0, 0))
            hashed = int.from_bytes(hashlib.sha256(f"{item_id}:{digest}".encode()).digest())
            found[kind] = number + 1, mixed ^ hashed
        return {kind: (number, f"{mixed:064x}") for kind, (number, mixed) in found.items()}

    def ids(self, kind: str) -> set[str]:
        """The ids that it has of a type."""
        return {item_id for known, item_id in self.items if known == kind}

    def _begin(self, address: str) -> None:
        self.at, self.fresh, self.sequences = address, set(), {}
        self.beginnings += 1

    def _take(self, line: dict[str, Any]) -> None:
        known = line["type"], line["id"]
        self.told.append(line)
        # In the order of the log: nothing that is told later is older.
        assert line["sequence"] >= self.sequences.get(known, 0), line
        self.sequences[known] = line["sequence"]
        if line["op"] == "upsert":
            self.items[known], self.digests[known] = line["item"], line["digest"]
            if self.fresh is not None:
                self.fresh.add(known)
        else:
            self._drop({known})

    def _drop(self, gone: set[Known]) -> None:
        for known in gone:
            self.items.pop(known, None)
            self.digests.pop(known, None)
            if self.fresh is not None:
                self.fresh.discard(known)
