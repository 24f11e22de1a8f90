"""Do this machine and the database agree on the time?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cms.cli.doctor.findings import Finding, ok, red
from cms.core import clock
from cms.core.db import rolled_back, session
from config import Settings

LARGEST_SKEW = timedelta(seconds=30)


def check_clock(_settings: Settings) -> Iterator[Finding]:
    """Compare this machine's clock with PostgreSQL's; SQLite has none of its own."""
    if session.get_bind().dialect.name != "postgresql":
        yield ok("The database shares this machine's clock.")
        return
    try:
        with rolled_back():
            theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    except SQLAlchemyError:
        yield red("The database did not tell the time.")
        return
    skew = abs(theirs - clock.now())
    sentence = f"This machine's clock and the database's differ by {skew.total_seconds():.1f} s."
    yield red(sentence) if skew > LARGEST_SKEW else ok(sentence)
