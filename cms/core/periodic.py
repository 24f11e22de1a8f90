"""Runs tasks again and again on one thread: each when it is due, and a failed one later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from cms.core import clock
from cms.core.bulkhead import Bulkhead
from cms.core.logging import get_logger
from cms.core.schema_state import LOOK_SECONDS

log = get_logger(__name__)

LONGEST_WAIT_AFTER_FAILURE = 60.0


@dataclass(slots=True)
class Task:
    """Something to do again and again: every `interval` seconds, at once when `run` says that there is more to do. `runs_at_end`: once more before its loop ends."""

    name: str
    interval: float
    run: Callable[[], bool]
    due_at: float = 0.0
    failures: int = 0
    runs_at_end: bool = False
    ran_at: datetime | None = None
    succeeded_at: datetime | None = None


def quietly(work: Callable[[], object]) -> Callable[[], bool]:
    """A task that never has more to do right away."""

    def run() -> bool:
        work()
        return False

    return run


def from_now(seconds: float) -> float:
    """The moment in so many seconds, by the monotonic clock."""
    return clock.monotonic() + seconds


def run_tasks(app: Flask, tasks: Sequence[Task], stop: threading.Event) -> None:
    """Run the tasks when they are due, until `stop` is set. While this code may not use the database, only look again."""
    bulkhead: Bulkhead = app.extensions["simpul"].bulkhead
    with bulkhead.outside():
        while not stop.is_set():
            if not _may_work(app):
                stop.wait(LOOK_SECONDS)
                continue
            for task in tasks:
                if task.due_at <= clock.monotonic() and not stop.is_set():
                    _run(app, task)
            stop.wait(min(LOOK_SECONDS, max(0.0, min(task.due_at for task in tasks) - clock.monotonic())))
        for task in tasks:
            if task.runs_at_end:
                _run(app, task)


def _may_work(app: Flask) -> bool:
    """Check whether this code may use the database, and log when that changes."""
    watch = app.extensions["simpul"].schema
    before = watch.fault
    with app.app_context():
        may = watch.look()
    if watch.fault != before:
        log.warning("database_open" if may else "database_closed", reason=watch.fault)
    return bool(may)


def _run(app: Flask, task: Task) -> None:
    """Run one task once and say when it is due again."""
    try:
        with app.app_context():
            has_more = task.run()
    except Exception:
        # One task's error must not stop the others; it is logged with its trace.
        task.failures += 1
        task.ran_at = clock.now()
        wait = min(2.0 ** min(task.failures, 10), LONGEST_WAIT_AFTER_FAILURE)
        log.exception("task_failed", task=task.name, failures=task.failures, next_in_seconds=wait)
        task.due_at = from_now(max(wait, min(task.interval, LONGEST_WAIT_AFTER_FAILURE)))
        return
    task.ran_at = task.succeeded_at = clock.now()
    if task.failures:
        log.info("task_recovered", task=task.name, failures=task.failures)
        task.failures = 0
    task.due_at = clock.monotonic() if has_more else from_now(task.interval)
