"""Looks at the log for everybody who waits: one look for all of them, and one read for all at the same position.

It runs on one thread, beside the event loop: what it does with the database never delays a ping or a connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from flask import Flask

from cms.changes.heads import Heads
from cms.changes.public_lines import public_lines
from cms.consumers.key_cache import KeyHolder
from cms.core.errors import Unauthenticated
from cms.serving.admission import ANONYMOUS
from cms.serving.sources import Sources
from cms.serving.state import ServingState
from cms.streams import events
from cms.sync.changed_lines import Wanted, shown_lines
from cms.sync.waiting import Subscription

LINES: Final = 100
"""Lines of one read; some 35 KB as events."""
MOST_POSITIONS: Final = 20
"""Positions of which one round reads: those who come back after a restart share few, and wait for each other."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The log as of one look; `now` is the moment that counts, in microseconds since 1970."""

    heads: Heads
    present: int
    now: int


class View(NamedTuple):
    """What is the same for all who are told the same: where they are, what they ask for and what their keys show."""

    position: int
    wanted: Wanted
    agencies: frozenset[str] | None


class Told(NamedTuple):
    """The events for a view, and the position behind them."""

    text: bytes
    reached: int


class Watch:
    """Reads the log for the process."""

    def __init__(self, app: Flask) -> None:
        self._own = app.extensions["simpul"]
        self._state: ServingState = app.extensions["simpul_delivery"]

    def look(self) -> Seen | None:
        """The heads of the log now; None while this code may not use the database. Raises `Unavailable`.

        What has become due is carried out, as for every read.
        """
        if self._own.schema.fault is not None:
            return None
        seen = self._seen()
        due = self._state.head.next_due(seen.heads)
        if due <= seen.now and self._state.late_schedules.carry_out(due):
            seen = self._seen()
        self._state.note_epoch(seen.heads.epoch)
        self._state.signing_keys.as_of(seen.heads.access)
        return seen

    def still_holds(self, subscription: Subscription, seen: Seen) -> bool:
        """True while the key shows what it showed when this was admitted. At most one statement for each key. Raises `Unavailable`."""
        if subscription.epoch != seen.heads.epoch:
            return False
        if subscription.token is None:
            return True
        try:
            holder = self._state.keys.holder(subscription.token, seen.heads.access, seen.present)
        except Unauthenticated:
            return False
        self._state.keys.note_use(holder.key_id, seen.present)
        return _shows(holder) == _shows(subscription.holder)

    def read(self, views: Iterable[View], seen: Seen) -> Mapping[View, Told]:
        """The next events of these views. Raises `Unavailable`."""
        found: dict[View, Told] = {}
        by_position: dict[int, list[View]] = {}
        for view in views:
            by_position.setdefault(view.position, []).append(view)
        # The newest first: nobody who is there already waits for one who comes back.
        for position in sorted(by_position, reverse=True)[:MOST_POSITIONS]:
            lines = public_lines(self._state.reader, position, seen.heads.sequence, LINES)
            reached = lines[-1].sequence if len(lines) == LINES else seen.heads.sequence
            for view in by_position[position]:
                sources = Sources(self._state, seen.heads, seen.now, _holder(view.agencies))
                shown = shown_lines(sources, lines, view.wanted)
                found[view] = Told(events.changes(seen.heads.epoch, shown), reached)
        return found

    def _seen(self) -> Seen:
        state = self._state
        present, now, heads, _ = state.at_believed_moment(lambda _moment: (state.head.read(state.reader), None))
        return Seen(heads, present, now)


def _shows(holder: KeyHolder) -> tuple[frozenset[str], frozenset[str] | None, frozenset[str]]:
    """What it shows to whom. A key that is being rotated, and ends sooner, goes on until then."""
    return holder.scopes, holder.agencies, holder.origins


def _holder(agencies: frozenset[str] | None) -> KeyHolder:
    """Any key that shows the content of these agencies."""
    return KeyHolder("", "", "", "", ANONYMOUS.scopes, agencies, frozenset(), ANONYMOUS.expires_at)
