"""Alarms for operators: each alarm of moderation is one log line with a severity, and adds one to a counter in `/metrics`.

`error` needs attention now; `warning` reports a decision that a person made.
"""

from __future__ import annotations

from typing import Any, Final

from cms.core.db import UnitOfWork
from cms.core.logging import get_logger
from cms.core.metrics import MODERATION_ALARMS

log = get_logger(__name__)
URGENT: Final = frozenset(
    {"breaker_tripped", "publishing_frozen", "rollback_waits", "personal_data_public", "erasure_waits"}
)


def raise_alarm(unit: UnitOfWork, alarm: str, **told: Any) -> None:
    """Raise the alarm once the unit of work is committed, so never for a rehearsal.

    `alarm` is its name in the log and the label of the counter.
    """

    def tell() -> None:
        MODERATION_ALARMS.labels(alarm).inc()
        (log.error if alarm in URGENT else log.warning)(alarm, **told)

    unit.after_commit(tell)
