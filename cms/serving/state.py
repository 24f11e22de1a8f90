"""The state that an application keeps for all readers: the read model, keys, reference data and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import select

from cms.changes.heads import Heads, LogHead
from cms.changes.trust import believed
from cms.consumers.key_cache import KeyCache
from cms.consumers.models import Consumer
from cms.consumers.usage.copies import Copies
from cms.core import clock
from cms.core.bulkhead import Bulkhead, Kind, refusal
from cms.core.commit_marks import EXTENSION as COMMIT_MARKS
from cms.core.cursors import Cursors
from cms.core.postgres import SILENCE_SECONDS
from cms.core.raw_columns import json_value
from cms.core.reading import Reader
from cms.core.runtime import Runtime
from cms.core.signing_keys import SigningKeys
from cms.core.traffic import Traffic
from cms.publishing.reading import ContentPosition, Publications
from cms.serving.answer_cache import AnswerCache
from cms.serving.late_schedules import LateSchedules
from cms.serving.limits import ReaderLimits
from cms.serving.reference_data import ReferenceData, read_reference_data
from cms.serving.remembered_heads import RememberedHeads
from cms.serving.shared_results import SharedResults
from config import Settings

_ORIGINS = select(Consumer.origins).where(Consumer.is_active)
Item = TypeVar("Item")


@dataclass(slots=True)
class ServingState:
    """Shared by all requests of a process; all of it can be rebuilt from the database."""

    reader: Reader
    bulkhead: Bulkhead
    head: LogHead
    publications: Publications
    keys: KeyCache
    kept: AnswerCache
    signing_keys: SigningKeys
    max_age: int
    """Seconds for which caches may use an answer without asking."""
    late_schedules: LateSchedules
    limits: ReaderLimits
    """How much readers may send."""
    zone: ZoneInfo
    """The city's, in which agencies begin and end at midnight."""
    public_url: str
    """With which the addresses in answers begin."""
    shared: SharedResults
    cursors: Cursors
    settings: Settings
    types: Mapping[str, str]
    """The content types by their topics."""
    remembered: RememberedHeads
    traffic: Traffic
    """Counts requests."""
    copies: Copies = field(default_factory=Copies)
    """How far the copies of consumers are."""
    _epoch: str = ""
    _reference_data: tuple[tuple[str, int], ReferenceData] | None = None
    _origins: tuple[tuple[str, int], frozenset[str]] | None = None
    _positions: dict[str, tuple[tuple[str, int], dict[tuple[str, str], ContentPosition]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note_epoch(self, epoch: str) -> None:
        """Clear everything when the epoch has changed: the database was restored, so positions have another meaning."""
        if epoch != self._epoch:
            self._epoch = epoch
            self.forget()

    def at_believed_moment(self, read: Callable[[int], tuple[Heads, Item]]) -> tuple[int, int, Heads, Item]:
        """Read as of now, and once more when the heads show that another moment counts. Returns the present and that moment
        (microseconds since 1970), and what was read.
        """
        present = clock.now_micros()
        heads, item = read(present)
        moment = believed(present, heads.seen_at)
        if moment != present and item is not None:
            heads, item = read(moment)
        return present, moment, heads, item

    def reference_data(self, reference_sequence: int, now: int) -> ReferenceData:
        """The reference_data as of this position of the log's `reference` topic and this moment (microseconds since 1970).

        Read again only when that position moves, or when an agency begins or ends.
        """
        known, position = self._reference_data, (self._epoch, reference_sequence)
        if known is not None and known[0] == position and known[1].since <= now < known[1].until:
            return known[1]
        with self._turn():
            found = read_reference_data(self.reader, self.zone, now)
            self._reference_data = (position, found)
        return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One thread reads at a time; a thread that waits for it takes a place as if it read itself."""
        if not self.bulkhead.acquire(self._lock, SILENCE_SECONDS, Kind.READ):
            raise refusal(Kind.READ)
        try:
            yield
        finally:
            self._lock.release()

    def positions(self, type: str, topic_sequence: int) -> dict[tuple[str, str], ContentPosition]:
        """How far each owner and each channel of a type is. Read again only when the topic of the type has moved."""
        known, position = self._positions.get(type), (self._epoch, topic_sequence)
        if known is not None and known[0] == position:
            return known[1]
        with self._turn():
            known = self._positions.get(type)
            if known is None or known[0] != position:
                known = self._positions[type] = position, self.publications.positions(type)
        return known[1]

    def origins(self, access_sequence: int) -> frozenset[str]:
        """The browser origins of all active consumers: a CORS preflight carries no key."""
        known, position = self._origins, (self._epoch, access_sequence)
        if known is not None and known[0] == position:
            return known[1]
        rows = self.reader.rows(self.reader.compile(_ORIGINS), {})
        found = frozenset(origin for row in rows for origin in json_value(row[0]))
        self._origins = (position, found)
        return found

    def known_origins(self) -> frozenset[str] | None:
        """The last result of `origins`, None before the first call. Does not read the database."""
        return None if self._origins is None else self._origins[1]

    def forget(self) -> None:
        """Empty every memory."""
        self._reference_data = None
        self._origins = None
        self._positions.clear()
        self.keys.forget()
        self.kept.forget()
        self.shared.forget()
        self.late_schedules.forget()
        self.remembered.forget()


def make_serving_state(app: Flask, runtime: Runtime, head: LogHead) -> ServingState:
    """The delivery state of an application; `create_app` makes one."""
    state = ServingState(
        runtime.reader,
        runtime.bulkhead,
        head,
        Publications(runtime.reader, head),
        KeyCache(runtime.reader),
        AnswerCache(runtime.settings.delivery_cache_bytes),
        runtime.signing_keys,
        runtime.settings.delivery_max_age,
        LateSchedules(runtime.bulkhead, app),
        ReaderLimits(runtime.settings),
        ZoneInfo(runtime.settings.city_timezone),
        runtime.settings.public_url.rstrip("/"),
        SharedResults(runtime.bulkhead),
        runtime.cursors,
        runtime.settings,
        {topic: name for name, topic in head.topics.items()},
        RememberedHeads(app.extensions[COMMIT_MARKS]),
        runtime.traffic,
    )
    runtime.remember(state.forget)
    runtime.remember(state.limits.forget)
    runtime.remember(state.copies.forget)
    runtime.remember(state.traffic.forget)
    return state


def serving_state() -> ServingState:
    """The delivery state of the current application."""
    found: ServingState = current_app.extensions["simpul_delivery"]
    return found
