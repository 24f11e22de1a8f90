"""What a sender does without the database: a message on its way, how the try went, and how much may be under way at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PROVEN_AT_ONCE, UNPROVEN_AT_ONCE = 4, 1
"""Simultaneous tries at one endpoint: one that fails, or never answered, is asked one message at a time."""
SECRET_LOST = "secret_lost"  # noqa: S105 - the name of a fault


@dataclass(frozen=True, slots=True)
class Job:
    """One try at one message: everything that is needed to send it without the database."""

    delivery_id: str
    lease: str
    webhook_id: str
    is_proven: bool
    url: str
    secrets: Sequence[str]
    message_id: str
    body: bytes


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
    """How many more tries a sender can begin, and the endpoints at which it tries already as often as it may."""

    proven: int
    unproven: int
    busy: Collection[str] = ()


def busy_endpoints(jobs: Iterable[Job]) -> list[str]:
    """Endpoints at which as many tries are under way as there may be."""
    counts: dict[tuple[str, bool], int] = {}
    for job in jobs:
        counts[job.webhook_id, job.is_proven] = counts.get((job.webhook_id, job.is_proven), 0) + 1
    return [
        webhook_id
        for (webhook_id, is_proven), count in counts.items()
        if count >= (PROVEN_AT_ONCE if is_proven else UNPROVEN_AT_ONCE)
    ]
