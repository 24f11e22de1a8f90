"""What a read does that finds a schedule due which nobody has carried out: it has that done, outside of its own request.

A request of a reader writes nothing. A thread of this process carries out what is due (`cms.publishing.tasks`), as the worker does,
and the reads that found it wait for the thread, at most MOST_SECONDS from its start. Then they answer: up to the newest line, with
`meta.due_since` when something is still due, never with an error.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from flask import Flask

from cms.changes.heads import Heads, LogHead
from cms.core import clock
from cms.core.bulkhead import Bulkhead, Kind
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.publishing.tasks import carry_out_due_schedules

log = get_logger(__name__)

MOST_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 1.0
"""Until the next try when one has left something due: a schedule that was put aside, or one that an editor holds."""


def due_since(head: LogHead, heads: Heads, topics: frozenset[str], now: int) -> int:
    """The earliest moment of these topics that has passed and that nobody has carried out; 0 when there is none."""
    if head.next_due(heads) > now:
        return 0
    moments: list[int] = [getattr(heads, f"{topic}_due_at") for topic in topics & head.content]
    return min((moment for moment in moments if moment <= now), default=0)


class _Ended(threading.Event):
    """The end of a try, as a lock that can be waited for."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """True when the try has ended."""
        return self.wait(timeout) if blocking else self.is_set()


@dataclass(slots=True)
class LateSchedules:
    """Carries out what is due for the reads of this process: one try at a time. Safe to share between threads."""

    bulkhead: Bulkhead
    app: Flask
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: _Ended = field(default_factory=_Ended)
    _tried: int = 0
    _began_at: float = 0.0

    def carry_out(self, moment: int) -> bool:
        """Have carried out what was due at `moment`; True when a try has ended, so that the heads should be read again."""
        with self._lock:
            present = clock.monotonic()
            if self._tried and not self._ended.is_set():
                left = self._began_at + MOST_SECONDS - present
            elif moment == self._tried and present < self._began_at + PAUSE_SECONDS:
                return False
            else:
                self._tried, self._began_at, self._ended = moment, present, _Ended()
                threading.Thread(
                    target=_carry_out, args=(self.app, self._ended), name="due-schedules", daemon=True
                ).start()
                left = MOST_SECONDS
            ended = self._ended
        return self._wait(ended, left)

    def _wait(self, ended: _Ended, seconds: float) -> bool:
        if seconds <= 0:
            return ended.is_set()
        try:
            return self.bulkhead.acquire(ended, seconds, Kind.READ)
        except Unavailable:
            # Too many threads wait already: this one answers with what it has.
            return False

    def forget(self) -> None:
        """Forget the last try: the database may be another one."""
        with self._lock:
            self._tried = 0


def _carry_out(app: Flask, ended: _Ended) -> None:
    try:
        with app.extensions["simpul"].bulkhead.outside(), app.app_context():
            while carry_out_due_schedules():
                pass
    except Unavailable as error:
        log.warning("due_schedules_wait", reason=error.code)
    except Exception:
        log.exception("due_schedules_failed")
    finally:
        ended.set()
