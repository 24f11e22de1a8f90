"""Telling somebody: each alarm of the guard is one line of the log with a severity, and one more in `/metrics`.

`error` is for what somebody should look at now, `warning` for what was decided by a person.
"""

from __future__ import annotations

from typing import Any, Final

from cms.core.db import UnitOfWork
from cms.core.logging import get_logger
from cms.core.metrics import GUARD_ALARMS

log = get_logger(__name__)
URGENT: Final = frozenset({"breaker_tripped", "publishing_frozen", "rollback_waits"})


def raise_alarm(unit: UnitOfWork, alarm: str, **told: Any) -> None:
    """Tell it once the unit of work is committed. `alarm` is its name in the log and in the label of the counter."""
    unit.after_commit(lambda: tell(alarm, **told))


def tell(alarm: str, **told: Any) -> None:
    """Tell it now."""
    GUARD_ALARMS.labels(alarm).inc()
    (log.error if alarm in URGENT else log.warning)(alarm, **told)
