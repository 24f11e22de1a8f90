"""The figures of `/metrics`: counters of the processes, figures of the system about them, and figures from the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from cms.core import clock
from cms.core.database_errors import domain_error
from cms.core.dead_letters.queries import waiting
from cms.core.metrics import ProcessesCollector
from cms.core.runtime import runtime
from cms.health.services import BACKUP, WORKER
from cms.health.state import BackgroundState, background_state

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class SystemCollector(Collector):
    """Processor time, memory and open files of each process, from Linux; elsewhere nothing."""

    def __init__(self, processes: ProcessesCollector) -> None:
        self._processes = processes

    def collect(self) -> Iterable[Metric]:
        """The figures of the library for one process, of all of ours, told apart by `pid`."""
        found: dict[str, Metric] = {}
        for pid in self._processes.pids():
            for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                all_of_them = found.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type, metric.unit)
                )
                for sample in metric.samples:
                    all_of_them.add_sample(sample.name, {**sample.labels, "pid": str(pid)}, sample.value)
        return found.values()


class BackgroundCollector(Collector):
    """The figures in the database about background work. A moment is in seconds since 1970, 0 for never."""

    def collect(self) -> Iterator[Metric]:
        """The same figures that `doctor` judges. Raises `Unavailable`."""
        try:
            state = background_state()
        except SQLAlchemyError as error:
            raise domain_error(error) from error
        for name, meaning, value in _single_figures(state):
            yield GaugeMetricFamily(name, meaning, value)
        yield from _figures_by_label(state)


def _figures_by_label(state: BackgroundState) -> Iterator[Metric]:
    lags = {follower.name: follower.lag for follower in state.followers}
    failures = {name: run.failures for name, run in sorted(state.runs.items())}
    aside = dict(sorted(Counter(letter.queue for letter in waiting()).items()))
    yield _gauge("follower_lag", "Lines of the change log that a follower has still to read.", "follower", lags)
    yield _gauge("task_failures", "How many times in a row a task of the worker has failed.", "task", failures)
    yield _gauge("put_aside", "Things that a queue or a follower has put aside because they failed.", "queue", aside)
    yield _gauge("moderation_open", "What holds people up now, by what it is.", "what", state.held_up)
    yield _gauge("webhook_endpoints", "Endpoints that are not well.", "state", state.webhooks)
    yield _gauge("waiting_messages", "Messages that wait to be sent.", "queue", state.waiting_messages)


def _gauge(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(f"simpul_{name}", meaning, labels=[label])
    for value, number in values.items():
        gauge.add_metric([value], number)
    return gauge


def _single_figures(state: BackgroundState) -> list[tuple[str, str, float]]:
    return [
        ("simpul_log_sequence", "Newest position of the change log.", state.sequence),
        ("simpul_due_schedules", "Scheduled changes that are due and not carried out.", state.due_schedules),
        ("simpul_waiting_images", "Images without their renditions.", state.waiting_images),
        ("simpul_unscanned_files", "Files that wait for the virus scanner.", state.scans_waiting),
        ("simpul_unread_files", "Files whose text waits to be read.", state.texts_waiting),
        ("simpul_mail_stopped", "People whose address the mail server refused again and again.", state.mail_stopped),
        ("simpul_silent_copies", "Copies of websites and apps that have not asked for a day.", state.silent_copies),
        ("simpul_checkpoint_sequence", "The line of the newest checkpoint.", state.checkpoint_sequence),
        *((f"simpul_{name}_timestamp_seconds", meaning, _seconds(moment)) for name, meaning, moment in _moments(state)),
    ]


def _moments(state: BackgroundState) -> list[tuple[str, str, datetime | None]]:
    return [
        ("worker_heartbeat", "When a worker last reported that it runs.", state.succeeded_at(WORKER)),
        ("due_schedule", "When the first scheduled change was due that waits.", state.oldest_due_schedule_at),
        ("waiting_image", "Since when the first image has waited.", state.oldest_waiting_image_at),
        ("scanner_silent", "Since when files wait and the virus scanner says nothing.", state.scanner_silent_at),
        ("unread_file", "Since when the first file has waited for its text to be read.", state.first_text_at),
        ("checkpoint", "When the newest checkpoint was signed.", state.checkpoint_at),
        ("webhook_due", "When the first message to a healthy webhook was due that waits.", state.webhook_due_at),
        ("mail_waiting", "Since when the first mail waits that was never tried.", state.mail_since),
        ("backup", "When the last backup was made, by the command `backup`.", state.succeeded_at(BACKUP)),
    ]


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else 0.0


def metrics_text(instance: Path) -> bytes:
    """All figures. Raises `Unavailable` when the database does not answer."""
    # The own ones as of now; the other processes carry theirs on every few seconds.
    runtime().traffic.carry_on(clock.now_micros())
    registry = CollectorRegistry(auto_describe=False)
    processes = ProcessesCollector(instance)
    for collector in (processes, SystemCollector(processes), BackgroundCollector()):
        registry.register(collector)
    return generate_latest(registry)
