"""Writing down that something has run. A write without a line in the log: a line about each look would make the log grow by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from cms.core import clock
from cms.core.db import UnitOfWork, table_of, unit_of_work
from cms.health.models import TaskRun

WORKER, BACKUP = "worker", "backup"
"""Names beside those of the worker's tasks: the worker itself (its heartbeat), and the command `backup`."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a task has gone: `failures` in a row, `succeeded_at` None when this process has not seen it succeed."""

    name: str
    ran_at: datetime
    succeeded_at: datetime | None
    failures: int = 0

    @classmethod
    def success(cls, name: str) -> Run:
        """It has succeeded just now."""
        moment = clock.now()
        return cls(name, moment, moment)


def note_runs(runs: Sequence[Run]) -> None:
    """Keep how these tasks have gone, over what was kept of them before. Raises `Unavailable`."""
    with unit_of_work() as unit:
        for run in runs:
            _keep(unit, run)


def _keep(unit: UnitOfWork, run: Run) -> None:
    table = table_of(TaskRun)
    values: dict[str, Any] = {"ran_at": run.ran_at, "failures": run.failures}
    if run.succeeded_at is not None:
        values["succeeded_at"] = run.succeeded_at
    if unit.session.execute(update(table).where(table.c.name == run.name).values(values)).rowcount:  # type: ignore[attr-defined]
        return
    try:
        with unit.session.begin_nested():
            unit.session.execute(insert(table).values(name=run.name, **values))
    except IntegrityError:
        # Another worker was a moment faster; the next look writes over it.
        return
