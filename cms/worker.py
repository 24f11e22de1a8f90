"""The background worker: follows the change log and runs periodic tasks, such as removing expired rows.

Several may run at once: every follower of the log locks its position, and the periodic tasks are harmless when done
twice. Failed work is logged and tried again, up to a minute apart, so an outage of the database only delays it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing.util import Finalize

from flask import Flask

from cms.accounts.services.purging import purge_expired
from cms.agencies.queries import city_today
from cms.changes.followers import LogFollower, retry_lines
from cms.changes.heads import read_heads
from cms.changes.seen_positions import seen_positions
from cms.changes.services import note_moment
from cms.changes.tasks import checkpoint_when_due
from cms.consumers.services import write_key_uses
from cms.consumers.usage.services import purge_usage
from cms.consumers.usage.tasks import keep_usage
from cms.core import clock
from cms.core.database_clock import agree_on_time
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.core.metrics import PROCESSES
from cms.core.periodic import Task, from_now, quietly, run_tasks
from cms.core.runtime import runtime
from cms.documents.tasks import look_through_next, queue_unscanned, scan_waiting, sweep_orphans
from cms.editorial.followers import foresee_rebuilding, rebuild_again, rebuild_changed
from cms.editorial.mergers.followers import rebuild_merged
from cms.editorial.schedules.followers import LINES, follow_schedules
from cms.editorial.schedules.followers import NAME as SCHEDULE
from cms.editorial.trash.tasks import empty_trash
from cms.erasures.tasks import keep_ledger, remove_erased_bytes
from cms.file_texts.tasks import read_waiting
from cms.health.services import WEB, WORKER, Run, note_runs
from cms.health.state import is_backup_under_way
from cms.media.queries import image_waits
from cms.media.tasks import make_renditions, purge_deleted_images
from cms.notifications.followers import NAME as NOTIFICATIONS
from cms.notifications.followers import TOLD_AT_ONCE, tell_people
from cms.notifications.tasks import (
    LONGEST_WAIT_AT_END,
    MailSender,
    mail_sender_of,
    make_due_summaries,
    purge_old_messages,
    tell_of_keys,
    tell_of_schedules,
)
from cms.publishing.tasks import carry_out_due_schedules, has_due_schedules
from cms.search.followers import LINES as INDEXED_AT_ONCE
from cms.search.followers import NAME as SEARCH
from cms.search.followers import foresee_index, index_changed
from cms.search.tasks import index_new_texts
from cms.serving.state import serving_state
from cms.webhooks.followers import NAME as WEBHOOKS
from cms.webhooks.followers import fan_out
from cms.webhooks.tasks import Sender, purge_old, seal_all_anew, sender_of
from cms.writing.services import purge_kept_answers
from config import Settings

log = get_logger(__name__)

# In this time (seconds) the monotonic clock drifts from the database's by some milliseconds.
CLOCK_INTERVAL = 15.0
FIRST_AGREEMENT_SECONDS = 1.0
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
HEARTBEAT_SECONDS, WEB_HEARTBEAT_SECONDS = 15.0, 30.0
FIGURES_SECONDS = 3.0
"""How old the figures of `/metrics` may be, and how late an hour may end."""
SEEN_SECONDS = 30.0
"""How often each process compares the database with the position that its node has seen, and notes the new one."""


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
        Task("put_aside", MINUTE, quietly(try_again)),
        Task("renditions", interval, make_renditions),
        Task("schedule", interval, carry_out_what_is_due),
        Task("schedule_items", interval, LogFollower(SCHEDULE, follow_schedules, lines=LINES)),
        Task("notifications", interval, LogFollower(NOTIFICATIONS, tell_people, lines=TOLD_AT_ONCE)),
        Task("search", interval, LogFollower(SEARCH, index_changed, foresee_index, INDEXED_AT_ONCE)),
        Task("search_texts", interval, index_new_texts),
        Task("failing_schedules", MINUTE, tell_of_schedules),
        Task("expiring_keys", HOUR, tell_of_keys, due_at=from_now(2 * MINUTE)),
        Task("summaries", MINUTE, make_due_summaries),
        *_clock_tasks(),
        Task("expired_sign_ins", HOUR, quietly(purge_expired), due_at=from_now(MINUTE)),
        Task("checkpoints", 5 * MINUTE, checkpoint_when_due, due_at=from_now(MINUTE)),
        Task("kept_answers", HOUR, quietly(purge_kept_answers), due_at=from_now(2 * MINUTE)),
        Task("deleted_images", HOUR, quietly(purge_deleted_images), due_at=from_now(2 * MINUTE)),
        Task("trash", HOUR, empty_trash, due_at=from_now(2 * MINUTE)),
        Task("notification_log", HOUR, purge_old_messages, due_at=from_now(3 * MINUTE)),
        Task(
            "old_usage", HOUR, quietly(lambda: purge_usage(runtime().settings.usage_days)), due_at=from_now(3 * MINUTE)
        ),
        Task("webhook_log", HOUR, purge_old, due_at=from_now(3 * MINUTE)),
        Task("webhook_secrets", HOUR, seal_all_anew, due_at=from_now(3 * MINUTE)),
        Task("erasures", 15.0, quietly(partial(remove_erased_bytes, is_backup_under_way))),
        Task("erasure_ledger", MINUTE, keep_ledger),
        Task("unscanned_files", 10 * MINUTE, queue_unscanned),
        Task("orphaned_files", DAY, quietly(partial(sweep_orphans, is_backup_under_way)), due_at=from_now(5 * MINUTE)),
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
    lines += retry_lines(NOTIFICATIONS, tell_people) + retry_lines(SEARCH, index_changed, foresee=foresee_index)
    return lines + rebuild_again()


def read_next_file() -> bool:
    """Read the text of the next file, behind the images, or look for personal data in one that was read; True when more may wait."""
    return not image_waits() and (read_waiting() or look_through_next())


def carry_out_what_is_due() -> bool:
    """Carry out due schedules; True when more may wait. The first read locks nothing."""
    return has_due_schedules() and carry_out_due_schedules()


def scanning_tasks(settings: Settings, interval: float) -> list[Task]:
    """Virus scans, where there is a scanner."""
    if not settings.clamd_url:
        return []
    return [Task("virus_scans", interval, scan_waiting)]


def web_tasks(name: str = WEB) -> list[Task]:
    """The tasks of each process that answers readers: write what was asked for with which keys, and that it runs under this name."""
    return [
        Task("heartbeat", WEB_HEARTBEAT_SECONDS, quietly(lambda: note_runs([Run.success(name)]))),
        Task("figures", FIGURES_SECONDS, quietly(lambda: runtime().traffic.carry_on(clock.now_micros()))),
        Task("usage", MINUTE, quietly(keep_figures), due_at=from_now(MINUTE)),
        *_clock_tasks(),
    ]


def _clock_tasks() -> list[Task]:
    """The tasks of every process for its clock and its position in the log: compare both with the database, and note the
    position.
    """
    return [
        Task("clock", CLOCK_INTERVAL, lambda: agree_on_time(runtime().reader), due_at=from_now(CLOCK_INTERVAL)),
        # At the end too: the servers may be stopped to restore a database, and may have written since the last note.
        Task("positions", SEEN_SECONDS, lambda: seen_positions().keep(), runs_at_end=True),
        Task("moment", HOUR, note_moment, due_at=from_now(MINUTE)),
    ]


def keep_figures() -> None:
    """Write when the keys that this process saw were last used, and what was asked for with them."""
    write_key_uses(serving_state().keys)
    keep_usage(runtime().traffic, serving_state().copies)


def keep_last_figures(app: Flask) -> None:
    """The same for the last time, at the end of a web process."""
    with app.app_context():
        try:
            keep_figures()
        except Exception:
            log.exception("last_figures_lost")


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
        *scanning_tasks(own.settings, interval),
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
    # Nobody waits for a file that is being read: it is read again, and its reader ends with this process.
    end_senders(app, {name: sender for name, sender in (("webhooks", hooks), ("mail", mail)) if sender}, threads)
    log.info("worker_stopped")


def end_senders(app: Flask, senders: Mapping[str, Sender | MailSender], threads: Sequence[threading.Thread]) -> None:
    """Wait for what is being sent, a bounded time, and note its results."""
    ends_at = from_now(LONGEST_WAIT_AT_END.total_seconds())
    for thread in threads:
        if (sender := senders.get(thread.name)) is None:
            continue
        thread.join(max(0.0, ends_at - clock.monotonic()))
        if not thread.is_alive():
            with app.app_context():
                sender.finish()


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


def start_web_tasks(app: Flask, name: str = WEB) -> None:
    """Run the tasks of a process that answers readers on a thread that ends with it."""
    start_clock(app)
    # Run when the process ends in order: those that are forked know no `atexit`.
    Finalize(None, keep_last_figures, args=(app,), exitpriority=1)
    threading.Thread(
        target=run_tasks, args=(app, web_tasks(name), threading.Event()), name="web-tasks", daemon=True
    ).start()
