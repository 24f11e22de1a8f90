"""What a sender does without the database: a message on its way, how the try went, and how much may be under way at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SECRET_LOST = "secret_lost"  # noqa: S105 - the name of a fault


class Lane(StrEnum):
    """Endpoints of one kind, which share threads: those that hang keep none of another kind waiting."""

    PROVEN = "proven"
    """It has answered and does not fail."""
    NEW = "new"
    """It was never tried."""
    FAILING = "failing"


THREADS: Final[Mapping[Lane, int]] = {Lane.PROVEN: 128, Lane.NEW: 96, Lane.FAILING: 48}
AT_ONCE: Final[Mapping[Lane, int]] = {Lane.PROVEN: 4, Lane.NEW: 1, Lane.FAILING: 1}
"""Simultaneous tries at one endpoint."""
QUICK, QUICK_SECONDS = 24, 1.0
"""So many tries of a lane may be younger than this. Most endpoints answer in milliseconds, so these many are enough to keep a processor
busy; what takes longer waits for others, and its place goes to the next one.
"""
TAKEN: Final = 4 * QUICK
"""So many messages of a lane are younger tries or lie ready for the next ones: threads go on by themselves while the database is asked for
more, which takes longer than a try where a processor is busy.
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One try at one message: everything that is needed to send it without the database. `taken_at` is monotonic, in seconds."""

    delivery_id: str
    lease: str
    webhook_id: str
    lane: Lane
    url: str
    secrets: Sequence[str]
    message_id: str
    body: bytes
    taken_at: float


@dataclass(frozen=True, slots=True)
class Result:
    """How a try went: the status of the answer, or what kept it from coming."""

    job: Job
    at: datetime
    milliseconds: int
    status: int | None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def has_arrived(self) -> bool:
        """True when the endpoint has said so."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Room:
    """How many more tries a sender can begin in each lane, and how many are under way at each endpoint."""

    free: Mapping[Lane, int]
    under_way: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, each: int) -> Room:
        """The same number in each lane, nothing under way."""
        return cls(dict.fromkeys(Lane, each))

    def at_endpoint(self, webhook_id: str, lane: Lane) -> int:
        """How many more tries at this endpoint."""
        return AT_ONCE[lane] - self.under_way.get(webhook_id, 0)
