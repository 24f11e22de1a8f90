"""Forgetting what nobody needs any more: sign-ins that ended long ago and counters of failed attempts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_

from cms.accounts.models import SignInBucket, SignInSession
from cms.core import clock
from cms.core.db import unit_of_work

# An ended sign-in stays visible to its owner and to auditors for a while; the change log keeps the event for good.
KEEP_SESSIONS = timedelta(days=30)
# Longer than any window of the throttle.
KEEP_BUCKETS = timedelta(days=2)


def purge_expired() -> int:
    """Remove old sessions with their refresh tokens, and old counters; returns how many rows that were.

    Called about hourly by the worker. It records no change: nothing that counted is gone.
    """
    present = clock.now()
    with unit_of_work() as unit:
        sessions = unit.session.execute(
            delete(SignInSession)
            .where(SignInSession.expires_at < present - KEEP_SESSIONS)
            .execution_options(synchronize_session=False)
        )
        buckets = unit.session.execute(
            delete(SignInBucket)
            .where(
                SignInBucket.window_started_at < present - KEEP_BUCKETS,
                or_(SignInBucket.blocked_until.is_(None), SignInBucket.blocked_until < present),
            )
            .execution_options(synchronize_session=False)
        )
    return int(sessions.rowcount + buckets.rowcount)
