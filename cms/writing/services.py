"""Forgetting the answers of repeated requests when their day is over."""

from __future__ import annotations

from sqlalchemy import delete

from cms.core import clock
from cms.core.db import unit_of_work
from cms.writing.models import KeptAnswer


def purge_kept_answers() -> int:
    """Remove what may not be replayed any more; returns how many answers that were.

    Called hourly by the worker. It records no change: nothing that counted is gone.
    """
    with unit_of_work() as unit:
        old = delete(KeptAnswer).where(KeptAnswer.expires_at <= clock.now()).returning(KeptAnswer.key_digest)
        return len(unit.session.execute(old.execution_options(synchronize_session=False)).all())
