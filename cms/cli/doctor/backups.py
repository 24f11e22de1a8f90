"""Was a backup made lately?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cms.changes.log import read_after
from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.core.db import rolled_back
from cms.health.services import BACKUP
from cms.health.state import background_state
from config import Settings


def check_backup(settings: Settings) -> Iterator[Finding]:
    """The age of the last backup; red in production when it is too old, or when there is content of that age and none was made."""
    if not settings.backup_max_age_hours:
        yield ok("Backups are made and watched elsewhere (BACKUP_MAX_AGE_HOURS=0).")
        return
    made_at = background_state().succeeded_at(BACKUP)
    sentence = (
        f"The last backup is {(clock.now() - made_at).total_seconds() / 3600:.0f} h old."
        if made_at is not None
        else "No backup was made yet: python -m cms backup"
    )
    with rolled_back():
        first = read_after(0, 1)
    since = made_at or (first[0].recorded_at if first else None)
    is_late = since is not None and clock.now() - since > timedelta(hours=settings.backup_max_age_hours)
    if is_late and settings.environment == "production":
        yield red(sentence)
    else:
        yield warning(sentence) if is_late or made_at is None else ok(sentence)
