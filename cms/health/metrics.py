"""What `/metrics` tells: what the processes have counted, what the system says of them, and what the database knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cms.core import clock
from cms.core.metrics import ProcessesCollector
from cms.core.raw_columns import moment_value
from cms.core.reading import Reader

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
MOST_TRIPS = 1_000
_LOG = """
SELECT 'log', sequence FROM change_head WHERE id = 1
UNION ALL
SELECT name, sequence FROM consumer_positions
"""
_TRIPS = f"SELECT until FROM breaker_trips WHERE reset_at IS NULL ORDER BY id DESC LIMIT {MOST_TRIPS}"  # noqa: S608 - a number of our own
_FREEZES = "SELECT count(*) FROM publishing_freezes"


class SystemCollector(Collector):
    """Processor time, memory and open files of each process, as Linux tells them; elsewhere nothing."""

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


class DatabaseCollector(Collector):
    """What stands in the database, read when somebody asks: a few small statements."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def collect(self) -> Iterator[Metric]:
        """The log, its followers, and what the guard holds up. Raises `Unavailable`."""
        positions: dict[str, int] = dict(self._reader.rows(_LOG, {}))  # type: ignore[arg-type]
        newest = positions.pop("log", 0)
        yield GaugeMetricFamily("simpul_log_sequence", "Newest position of the change log.", newest)
        lag = GaugeMetricFamily(
            "simpul_follower_lag", "Lines of the change log that a follower has still to read.", labels=["follower"]
        )
        for name, sequence in sorted(positions.items()):
            lag.add_metric([name], newest - sequence)
        yield lag
        now = clock.now()
        stopped = GaugeMetricFamily("simpul_guard_open", "What holds people up now, by what it is.", labels=["what"])
        open_trips = [1 for row in self._reader.rows(_TRIPS, {}) if moment_value(row[0]) > now]
        stopped.add_metric(["breaker"], len(open_trips))
        stopped.add_metric(["freeze"], int(self._reader.rows(_FREEZES, {})[0][0]))
        yield stopped


def metrics_text(reader: Reader, instance: Path) -> bytes:
    """All figures. Raises `Unavailable` when the database does not answer."""
    registry = CollectorRegistry(auto_describe=False)
    processes = ProcessesCollector(instance)
    for collector in (processes, SystemCollector(processes), DatabaseCollector(reader)):
        registry.register(collector)
    return generate_latest(registry)
