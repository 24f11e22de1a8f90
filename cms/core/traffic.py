"""What requests have come to: counted in memory where they are answered, carried on from there every few seconds.

A kept answer leaves within twenty microseconds, in which nothing can be written anywhere. So each process adds up in plain numbers, by
consumer and route, and a task carries what was added to the figures of `/metrics` and to what is written about consumers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

from cms.core.metrics import BOUNDS, REQUEST_SECONDS, REQUESTS, add_to_histogram

HOUR: Final = 3_600_000_000
NOTHING_TOOK: Final = (0,) * (len(BOUNDS) + 1)
NOT_MODIFIED, FIRST_ERROR = 304, 400


class Counted(NamedTuple):
    """What is counted together. `consumer_id` is empty where there is none."""

    plane: str
    method: str
    route: str
    consumer_id: str


@dataclass(slots=True)
class Figures:
    """Requests, and what became of them; `took` are numbers of answers, one for each of BOUNDS and one for what took longer."""

    requests: int = 0
    not_modified: int = 0
    errors: int = 0
    bytes: int = 0
    took: list[int] = field(default_factory=lambda: [*NOTHING_TOOK])

    def add(self, other: Figures) -> None:
        """Add the figures of other requests."""
        self.requests += other.requests
        self.not_modified += other.not_modified
        self.errors += other.errors
        self.bytes += other.bytes
        self.took = [mine + theirs for mine, theirs in zip(self.took, other.took, strict=True)]


class Tally:
    """The requests that are counted together and that nobody has carried on yet."""

    __slots__ = ("_bytes", "_lock", "_seconds", "_statuses", "_took", "counted")

    def __init__(self, counted: Counted) -> None:
        self.counted = counted
        self._lock = Lock()
        self._empty()

    def note(self, status: int, size: int, seconds: float) -> None:
        """Count an answer: its status, the bytes of its body, and how long it took."""
        with self._lock:
            statuses = self._statuses
            statuses[status] = statuses.get(status, 0) + 1
            self._bytes += size
            self._seconds += seconds
            self._took[bisect_left(BOUNDS, seconds)] += 1

    def take(self) -> tuple[Mapping[int, int], float, Figures] | None:
        """What was counted since the last time: numbers by status, seconds altogether, figures; None for nothing."""
        if not self._statuses:
            return None
        with self._lock:
            statuses, seconds, size, took = self._statuses, self._seconds, self._bytes, self._took
            self._empty()
        errors = sum(number for status, number in statuses.items() if status >= FIRST_ERROR)
        return statuses, seconds, Figures(sum(took), statuses.get(NOT_MODIFIED, 0), errors, size, took)

    def _empty(self) -> None:
        self._statuses: dict[int, int] = {}
        self._bytes, self._seconds = 0, 0.0
        self._took = [*NOTHING_TOOK]


UsageKey = tuple[str, int]
"""A consumer, and an hour as its number since 1970."""


class Traffic:
    """All tallies of a process, and what of them is to be written about consumers."""

    def __init__(self) -> None:
        self._tallies: dict[Counted, Tally] = {}
        self._usage: dict[UsageKey, Figures] = {}
        self._lock = Lock()

    def of(self, counted: Counted) -> Tally:
        """The tally of what is counted together."""
        return self._tallies.get(counted) or self._tallies.setdefault(counted, Tally(counted))

    def carry_on(self, present: int) -> None:
        """Carry what was counted to the figures of `/metrics`, and to what is written about consumers, as of the hour of
        `present` (microseconds since 1970); called every few seconds.
        """
        with self._lock:
            for tally in list(self._tallies.values()):
                taken = tally.take()
                if taken is not None:
                    _count(tally.counted, *taken)
                    self._keep(tally.counted.consumer_id, present // HOUR, taken[2])

    def take_usage(self) -> dict[UsageKey, Figures]:
        """What is to be written about consumers; give it back when it could not be."""
        with self._lock:
            usage, self._usage = self._usage, {}
        return usage

    def give_back(self, usage: Mapping[UsageKey, Figures]) -> None:
        """Keep what could not be written."""
        with self._lock:
            for (consumer_id, hour), figures in usage.items():
                self._keep(consumer_id, hour, figures)

    def forget(self) -> None:
        """Count anew."""
        with self._lock:
            self._tallies.clear()
            self._usage.clear()

    def _keep(self, consumer_id: str, hour: int, figures: Figures) -> None:
        if consumer_id:
            self._usage.setdefault((consumer_id, hour), Figures()).add(figures)


def _count(counted: Counted, statuses: Mapping[int, int], seconds: float, figures: Figures) -> None:
    for status, number in statuses.items():
        REQUESTS.labels(counted.plane, counted.method, counted.route, str(status)).inc(number)
    add_to_histogram(REQUEST_SECONDS.labels(counted.plane, counted.route), figures.took, seconds)


def quantile(took: Iterable[int], share: float) -> float | None:
    """The seconds that this share of answers took at most, estimated within its step; None without answers, and for what took
    longer than the last of BOUNDS that bound.
    """
    numbers = list(took)
    wanted, below = share * sum(numbers), 0
    if not wanted:
        return None
    for number, lower, upper in zip(numbers, (0.0, *BOUNDS), BOUNDS, strict=False):
        if below + number >= wanted:
            return lower + (upper - lower) * (wanted - below) / number
        below += number
    return BOUNDS[-1]
