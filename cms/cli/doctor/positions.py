"""Is the database at least at the position that this node has seen?"""

from __future__ import annotations

from collections.abc import Iterator

from cms.changes.seen_positions import seen_positions
from cms.cli.doctor.findings import Finding, ok, red
from config import Settings


def check_seen_positions(_settings: Settings) -> Iterator[Finding]:
    """Was the database restored by other means than `restore`?"""
    trouble = seen_positions().look()
    yield ok("The database goes on from where this node has seen it.") if trouble is None else red(trouble)
