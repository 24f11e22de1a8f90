"""The background worker: follows the change log and runs periodic tasks, such as removing expired rows.

Several may run at once: every follower of the log locks its position, and the periodic tasks are harmless when done
twice. Failed work is logged and tried again, up to a minute apart, so an outage of the database only delays it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from flask import Flask

from cms.accounts.services.purging import purge_expired
from cms.agencies.queries import city_today
from cms.changes.followers import LogFollower, retry_lines
from cms.changes.heads import read_heads
from cms.changes.seen_positions import seen_positions
from cms.changes.services import note_moment
from cms.changes.tasks import checkpoint_when_due
from cms.consumers.services import write_key_uses
from cms.core import clock
from cms.core.bulkhead import Bulkhead
from cms.core.database_clock import agree_on_time
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.core.metrics import PROCESSES
from cms.core.runtime import runtime
from cms.core.schema_state import LOOK_SECONDS
from cms.documents.tasks import sweep_orphans
from cms.editorial.followers import foresee_rebuilding, rebuild_again, rebuild_changed
from cms.editorial.mergers.followers import rebuild_merged
from cms.editorial.schedules.followers import LINES, follow_schedules
from cms.editorial.schedules.followers import NAME as SCHEDULE
from cms.editorial.trash.tasks import empty_trash
from cms.file_texts.tasks import read_waiting
from cms.health.services import WEB, WORKER, Run, note_runs
from cms.health.state import is_backup_under_way
from cms.media.queries import image_waits
from cms.media.tasks import make_renditions, purge_deleted_images
from cms.notifications.followers import NAME as NOTIFICATIONS
from cms.notifications.followers import tell_people
from cms.notifications.tasks import (
    LONGEST_WAIT_AT_END,
    mail_sender_of,
    make_due_summaries,
    purge_old_messages,
    tell_reminders,
)
from cms.publishing.tasks import carry_out_due_schedules, has_due_schedules
from cms.serving.state import serving_state
from cms.webhooks.followers import NAME as WEBHOOKS
from cms.webhooks.followers import fan_out
from cms.webhooks.tasks import purge_old, seal_all_anew, sender_of
from cms.writing.services import purge_kept_answers

log = get_logger(__name__)

# In this time (seconds) the monotonic clock drifts from the database's by some milliseconds.
CLOCK_INTERVAL = 15.0
FIRST_AGREEMENT_SECONDS = 1.0
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
LONGEST_WAIT_AFTER_FAILURE = MINUTE
HEARTBEAT_SECONDS, WEB_HEARTBEAT_SECONDS = 15.0, 30.0
POSITIONS = "positions"
SEEN_SECONDS = 30.0
"""How often each process compares the database with the position that its node has seen, and notes the new one."""


@dataclass(slots=True)
class Task:
    """Something to do again and again: every `interval` seconds, at once when `run` says that there is more to do."""

    name: str
    interval: float
    run: Callable[[], bool]
    due_at: float = 0.0
    failures: int = 0
    ran_at: datetime | None = None
    succeeded_at: datetime | None = None


@dataclass(slots=True)
class MergerFollower:
    """Rebuilds what mergers let other filters find: when a day of the city has begun, or reference data has changed."""

    _seen: tuple[date, int] | None = field(default=None)

    def __call__(self) -> bool:
        """Rebuild the next items; True when there may be more."""
        present = city_today(), read_heads(runtime().reader).reference
        if present == self._seen:
            return False
        if rebuild_merged():
            return True
        self._seen = present
        return False


def worker_tasks(interval: float) -> list[Task]:
    """What the worker does."""
    return [
        Task("presenter", interval, LogFollower("presenter", rebuild_changed, foresee_rebuilding)),
        Task("mergers", interval, MergerFollower()),
        Task("put_aside", MINUTE, _quietly(try_again)),
        Task("renditions", interval, make_renditions),
        Task("schedule", interval, carry_out_what_is_due),
        Task("schedule_items", interval, LogFollower(SCHEDULE, follow_schedules, lines=LINES)),
        Task("notifications", interval, LogFollower(NOTIFICATIONS, tell_people)),
        Task("reminders", MINUTE, tell_reminders),
        Task("summaries", MINUTE, make_due_summaries),
        *_clock_tasks(),
        Task("expired_sign_ins", HOUR, _quietly(purge_expired), due_at=_in(MINUTE)),
        Task("checkpoints", 5 * MINUTE, checkpoint_when_due, due_at=_in(MINUTE)),
        Task("kept_answers", HOUR, _quietly(purge_kept_answers), due_at=_in(2 * MINUTE)),
        Task("deleted_images", HOUR, _quietly(purge_deleted_images), due_at=_in(2 * MINUTE)),
        Task("trash", HOUR, empty_trash, due_at=_in(2 * MINUTE)),
        Task("notification_log", HOUR, purge_old_messages, due_at=_in(3 * MINUTE)),
        Task("webhook_log", HOUR, purge_old, due_at=_in(3 * MINUTE)),
        Task("webhook_secrets", HOUR, seal_all_anew, due_at=_in(3 * MINUTE)),
        Task("orphaned_files", DAY, _quietly(partial(sweep_orphans, is_backup_under_way)), due_at=_in(5 * MINUTE)),
    ]


def heartbeat(tasks: Sequence[Task]) -> Task:
    """The task that records that this worker runs, and the results of its tasks."""

    def tell() -> bool:
        note_runs(
            [Run.success(WORKER)]
            + [
                Run(task.name, task.ran_at, task.succeeded_at, task.failures)
                for task in tasks
                if task.ran_at is not None
            ]
        )
        return False

    return Task("heartbeat", HEARTBEAT_SECONDS, tell)


def try_again() -> int:
    """Retry lines that followers have put aside and that are due; the other queues retry their own entries."""
    lines = retry_lines("presenter", rebuild_changed, foresee=foresee_rebuilding)
    lines += retry_lines(SCHEDULE, follow_schedules) + retry_lines(WEBHOOKS, fan_out)
    lines += retry_lines(NOTIFICATIONS, tell_people)
    return lines + rebuild_again()


def read_next_file() -> bool:
    """Read the text of the next file, behind the images; True when more may wait."""
    return not image_waits() and read_waiting()


def carry_out_what_is_due() -> bool:
    """Carry out due schedules; True when more may wait. The first read locks nothing."""
    return has_due_schedules() and carry_out_due_schedules()


def web_tasks() -> list[Task]:
    """The tasks of each web process: write when keys were used, and that it runs."""
    return [
        Task("heartbeat", WEB_HEARTBEAT_SECONDS, _quietly(lambda: note_runs([Run.success(WEB)]))),
        Task("key_uses", MINUTE, _quietly(keep_key_uses), due_at=_in(MINUTE)),
        *_clock_tasks(),
    ]


def _clock_tasks() -> list[Task]:
    """The tasks of every process for its clock and its position in the log: compare both with the database, and note the
    position.
    """
    return [
        Task("clock", CLOCK_INTERVAL, lambda: agree_on_time(runtime().reader), due_at=_in(CLOCK_INTERVAL)),
        Task(POSITIONS, SEEN_SECONDS, lambda: seen_positions().keep()),
        Task("moment", HOUR, note_moment, due_at=_in(MINUTE)),
    ]


def keep_key_uses() -> int:
    """Write when the keys that this process saw were last used."""
    return write_key_uses(serving_state().keys)


def _quietly(work: Callable[[], object]) -> Callable[[], bool]:
    """A task that never has more to do right away."""

    def run() -> bool:
        work()
        return False

    return run


def _in(seconds: float) -> float:
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
            if task.name == POSITIONS:
                # A last time at the end: the servers may be stopped to restore a database, and may have written since the last
                # note.
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
        task.due_at = _in(max(wait, min(task.interval, LONGEST_WAIT_AFTER_FAILURE)))
        return
    task.ran_at = task.succeeded_at = clock.now()
    if task.failures:
        log.info("task_recovered", task=task.name, failures=task.failures)
        task.failures = 0
    task.due_at = clock.monotonic() if has_more else _in(task.interval)


def run_worker(app: Flask) -> None:
    """Run the worker until SIGTERM or SIGINT."""
    stop = threading.Event()
    own = app.extensions["simpul"]
    interval = own.settings.worker_interval
    tasks = worker_tasks(interval)
    hooks, mail = sender_of(own), mail_sender_of(own)
    apart = [
        Task("webhooks", interval, hooks.step),
        *([Task("mail", interval, mail.step)] if mail else []),
        Task("file_texts", interval, read_next_file),
    ]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    PROCESSES.labels("worker").set(1)
    start_clock(app)
    log.info("worker_started")
    # On threads of their own: rebuilding a long archive delays no message, and no mail server or long file anything else.
    threads = [
        threading.Thread(target=run_tasks, args=(app, [each], stop), name=each.name, daemon=True) for each in apart
    ]
    for thread in threads:
        thread.start()
    run_tasks(app, [*tasks, heartbeat([*tasks, *apart])], stop)
    ends_at = _in(LONGEST_WAIT_AT_END.total_seconds())
    for thread in threads:
        thread.join(max(0.0, ends_at - clock.monotonic()))
    for sender, thread in zip((hooks, mail), threads, strict=False):
        if sender is not None and not thread.is_alive():
            with app.app_context():
                sender.finish()
    log.info("worker_stopped")


def start_clock(app: Flask) -> None:
    """Follow the database's clock before anything uses the time.

    A database that does not answer within a second does not stop the start: the task does this later.
    """

    def agree() -> None:
        with suppress(Unavailable):
            agree_on_time(app.extensions["simpul"].reader)

    first = threading.Thread(target=agree, name="clock", daemon=True)
    first.start()
    first.join(FIRST_AGREEMENT_SECONDS)


def start_web_tasks(app: Flask) -> None:
    """Run the tasks of a web process on a thread that ends with it."""
    start_clock(app)
    threading.Thread(
        target=run_tasks, args=(app, web_tasks(), threading.Event()), name="web-tasks", daemon=True
    ).start()
