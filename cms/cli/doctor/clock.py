"""Can the clock be right, and do this machine and the database agree on the time?"""

from __future__ import annotations

from collections.abc import Iterator

from cms.changes.heads import read_heads
from cms.changes.trust import is_far
from cms.cli.doctor.findings import Finding, ok, red
from cms.core import clock
from cms.core.database_clock import database_moment
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from config import Settings

# Seconds. NTP keeps a machine's clock right to a fraction of one.
LARGEST_SKEW = 30


def check_clock(_settings: Settings) -> Iterator[Finding]:
    """Compare the clock with the newest known moment, and PostgreSQL's clock with this machine's."""
    reader = runtime().reader
    try:
        if reader.is_sqlite:
            now = clock.micros(clock.now())
            yield ok("The database shares this machine's clock.")
        else:
            theirs, at = database_moment(reader)
            now = theirs + clock.spent() - at
            yield _difference(now)
        yield _trust(now, read_heads(reader).seen_at)
    except Unavailable:
        yield red("The database did not tell the time.")


def _difference(theirs: int) -> Finding:
    """Readers and the log go by the database's clock; S3, certificates and the server's own log go by the machine's."""
    skew = abs(theirs - clock.micros(clock.machine_now())) / 1_000_000
    sentence = f"This machine's clock and the database's differ by {skew:.1f} s."
    if skew <= LARGEST_SKEW:
        return ok(sentence)
    return red(
        f"{sentence} Simpul goes by the database's; set the clocks right (NTP): S3 and certificates go by this one."
    )


def _trust(now: int, seen: int) -> Finding:
    shown, known = (clock.rfc3339(clock.from_micros(moment).replace(microsecond=0)) for moment in (now, seen))
    if is_far(now, seen):
        return red(
            f"The clock shows {shown} and the newest known moment is {known}: nothing is written."
            " Set the clock right, or say that it is right: python -m cms clock accept"
        )
    if seen - now > clock.BRIDGED:
        return red(
            f"The clock was set back: it shows {shown}, and {known} has been already."
            " What is scheduled waits for it, and lines of the log are dated before older ones."
        )
    return ok("The clock goes on from the newest known moment.")
