"""Removes old rows: sign-ins that ended long ago and counters of failed attempts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete

from cms.accounts.models import SignInBucket, SignInSession
from cms.accounts.throttle import ACCOUNT_WINDOW
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work

KEEP_SESSIONS = timedelta(days=30)
"""Ended sign-ins are kept this long, so that a stolen token is still recognised; the history is in the change log."""
KEEP_BUCKETS = 2 * ACCOUNT_WINDOW
"""Longer than any window or delay of the throttle."""


def purge_expired() -> int:
    """Remove old sessions with their refresh tokens, and old counters; returns how many rows that were.

    Called about hourly by the worker. It records no change: the rows had no effect any more.
    """
    present = clock.now()
    with unit_of_work() as unit:
        sessions = _delete(unit, SignInSession, SignInSession.expires_at < present - KEEP_SESSIONS)
        buckets = _delete(unit, SignInBucket, SignInBucket.window_started_at < present - KEEP_BUCKETS)
    return sessions + buckets


def _delete(unit: UnitOfWork, model: Any, condition: ColumnElement[bool]) -> int:
    statement = delete(model).where(condition).returning(*model.__table__.primary_key)
    return len(unit.session.execute(statement.execution_options(synchronize_session=False)).all())
