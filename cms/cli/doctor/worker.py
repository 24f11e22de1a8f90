"""Does a worker run, and does it keep up?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from cms.changes.log import read_heads
from cms.changes.models import ConsumerPosition
from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.runtime import runtime
from config import Settings

# A worker looks about every second; a position that stands still this long while there are newer lines has no worker.
WORKER_SILENCE = timedelta(minutes=2)


def check_followers(_settings: Settings) -> Iterator[Finding]:
    """Where each follower of the log stands."""
    newest = read_heads(runtime().reader).sequence
    with rolled_back():
        positions = session.scalars(select(ConsumerPosition).order_by(ConsumerPosition.name)).all()
    if not positions:
        yield warning("No worker has run yet: python -m cms worker")
    for position in positions:
        yield _position_finding(position, newest)


def _position_finding(position: ConsumerPosition, newest: int) -> Finding:
    behind = newest - position.sequence
    if behind and clock.now() - position.moved_at > WORKER_SILENCE:
        return red(f"`{position.name}` is {behind} lines behind and stands still: is a worker running?")
    return ok(f"`{position.name}` is at line {position.sequence} of {newest}.")
