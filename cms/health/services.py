"""Records the runs of tasks, and the settings that all nodes of the installation share.

These writes have no line in the log: a line for each run would make the log grow by itself, and settings are no content.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from cms.core import clock
from cms.core.db import UnitOfWork, table_of, unit_of_work
from cms.core.runtime import runtime
from cms.health.agreement import SIGNING_KEY, STORAGE, Disagreement, disagreements, noted, values_here
from cms.health.models import SharedSetting, TaskRun

WORKER, WEB, STREAMS, BACKUP = "worker", "web", "streams", "backup"
"""Names besides those of the worker's tasks: the worker itself, any web process and any process for waiting readers (their heartbeats), and
the command `backup`.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """The results of a task: `failures` in a row, `succeeded_at` None when this process has not seen it succeed."""

    name: str
    ran_at: datetime
    succeeded_at: datetime | None
    failures: int = 0

    @classmethod
    def success(cls, name: str) -> Run:
        """A run that has just succeeded."""
        moment = clock.now()
        return cls(name, moment, moment)


def note_runs(runs: Sequence[Run]) -> None:
    """Store the results of these tasks in place of the earlier ones. Raises `Unavailable`."""
    with unit_of_work() as unit:
        for run in runs:
            _keep(unit, run)


def agree(*, changed: bool) -> None:
    """Note the values of this node where none are noted, and mark a new storage. With `changed` they replace others, too. Raises
    `Disagreement`: a storage without its marker, which may be a disk that is not mounted, is marked again only on purpose.
    """
    here, there = values_here(), noted()
    if STORAGE not in here and (STORAGE not in there or changed):
        here[STORAGE] = there.get(STORAGE) or secrets.token_hex(16)
        runtime().storage.mark(here[STORAGE])
    if not changed and (found := disagreements()):
        raise Disagreement(found)
    with unit_of_work() as unit:
        for name, value in here.items():
            if there.get(name) != value:
                unit.session.merge(SharedSetting(name=name, value=value))


def note_signing_key(key_id: str) -> None:
    """Note the key that signs checkpoints from now on: nodes that still have the one before say so and do not start."""
    with unit_of_work() as unit:
        unit.session.merge(SharedSetting(name=SIGNING_KEY, value=key_id))


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
        # Another worker was a moment faster; the next run overwrites it.
        return
