"""Is anything put aside because it failed?"""

from __future__ import annotations

from collections.abc import Iterator

from cms.cli.doctor.findings import Finding, ok, red
from cms.core import clock
from cms.core.dead_letters.queries import waiting
from config import Settings

MOST_NAMED = 20


def check_dead_letters(_settings: Settings) -> Iterator[Finding]:
    """The entries that queues and followers have put aside, each with its error."""
    found = waiting()
    for letter in found[:MOST_NAMED]:
        yield red(
            f"`{letter.queue}` has put {letter.key} aside since {clock.rfc3339(letter.since)} after {letter.failures} failures: "
            f"{letter.error}"
        )
    if len(found) > MOST_NAMED:
        yield red(f"{len(found) - MOST_NAMED} more are put aside (table dead_letters).")
    if not found:
        yield ok("Nothing is put aside.")
