"""How far the copies are that consumers keep by `/v1/sync`: noted in memory when a page is answered, written once a minute."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

import orjson

from cms.changes.heads import Heads


class Copy:
    """One copy: all requests of a consumer with the same types and filters. It has been given all up to the line `reached`."""

    __slots__ = ("asked_at", "consumer_id", "epoch", "filters", "is_new", "name", "reached", "types")

    def __init__(self, consumer_id: str, name: str, types: Sequence[str], filters: Mapping[str, Sequence[str]]) -> None:
        self.consumer_id, self.name = consumer_id, name
        self.types, self.filters = [*types], {key: [*words] for key, words in filters.items()}
        self.epoch, self.reached, self.asked_at, self.is_new = "", 0, 0, False

    def note(self, epoch: str, reached: int, present: int) -> None:
        """It has asked, and was given all up to the line `reached`; `present` in microseconds since 1970."""
        self.epoch, self.reached, self.asked_at, self.is_new = epoch, reached, present, True

    def complete(self, heads: Heads | None, present: int) -> None:
        """It has asked, and has all that there is by these heads of the log; None where they are not known at this moment."""
        if heads is None:
            self.note(self.epoch, self.reached, present)
        else:
            self.note(heads.epoch, heads.sequence, present)


class Copies:
    """The copies that this process has answered."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Copy] = {}
        self._lock = Lock()

    def of(self, consumer_id: str, types: Sequence[str], filters: Mapping[str, Sequence[str]]) -> Copy:
        """The copy of a consumer with these types and filters."""
        what = orjson.dumps([sorted(types), sorted((key, sorted(words)) for key, words in filters.items())])
        name = hashlib.blake2b(what, digest_size=12).hexdigest()
        with self._lock:
            return self._known.setdefault((consumer_id, name), Copy(consumer_id, name, types, filters))

    def take_new(self) -> list[Copy]:
        """Those that have asked since they were last written; give them back when they cannot be."""
        with self._lock:
            found = [copy for copy in self._known.values() if copy.is_new]
            for copy in found:
                copy.is_new = False
        return found

    def give_back(self, copies: Iterable[Copy]) -> None:
        """Write these again the next time."""
        for copy in copies:
            copy.is_new = True

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._known.clear()
