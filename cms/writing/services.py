"""Removes the kept answers of requests after a day."""

from __future__ import annotations

from sqlalchemy import delete

from cms.core import clock
from cms.core.db import unit_of_work
from cms.writing.models import KeptAnswer


def purge_kept_answers() -> int:
    """Remove answers that are too old to be replayed; returns how many.

    Called hourly by the worker. It records no change: the rows had no effect any more.
    """
    with unit_of_work() as unit:
        old = delete(KeptAnswer).where(KeptAnswer.expires_at <= clock.now()).returning(KeptAnswer.key_digest)
        return len(unit.session.execute(old.execution_options(synchronize_session=False)).all())
