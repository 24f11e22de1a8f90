"""Counters and gauges of this server's processes: declared here, counted where things happen, added up by `/metrics`.

The main process of `run`, `serve` or `worker` opens a folder in the instance folder before it forks (`share`). Each process
then counts in memory-mapped files of its own in it, so counting costs no system call and survives the process. A lock on the
folder lives as long as any of its processes: `/metrics` of any web process reads the folders that are locked, so a worker
that was started by itself is seen too, and what an earlier start left behind is removed.

A process that never shares (a command, a test) counts in its own memory.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, BinaryIO, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, disable_created_metrics, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

LOCK_NAME = "lock"


class LateValue:
    """The number behind a counter or gauge; where it is kept is decided when the process shares, not at import.

    The library decides by an environment variable when the first metric is declared. Ours are declared at import, before
    any setting was read.
    """

    _all: list[LateValue] = []  # noqa: RUF012 - one list for all, as the library has
    _kind: Any = values.MutexValue

    def __init__(self, *params: Any, **named: Any) -> None:
        self._params, self._named = params, named
        self.begin()
        self._all.append(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)

    def begin(self) -> None:
        """Begin at 0, wherever numbers are kept now."""
        self._made = self._kind(*self._params, **self._named)

    @classmethod
    def keep_in_files(cls) -> None:
        """From now on the numbers lie in the files of this process, and begin there at 0."""
        cls._kind = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        for value in cls._all:
            value.begin()


values.ValueClass = LateValue
disable_created_metrics()  # type: ignore[no-untyped-call]
# Our metrics only: the library's own process figures would be those of the process that happens to answer.
OWN = CollectorRegistry()

PROCESSES = Gauge(
    "simpul_processes",
    "Processes of this server, by what they do.",
    ["kind"],
    registry=OWN,
    multiprocess_mode="livesum",
)
LOST_FILES = Counter("simpul_lost_files", "Requests for a file whose bytes the storage does not have.", registry=OWN)
WEB_RESPAWNS = Counter(
    "simpul_web_respawns", "Web processes that ended by themselves and were started again.", registry=OWN
)
WORKER_RESPAWNS = Counter(
    "simpul_worker_respawns",
    "Workers beside a web server that ended by themselves and were started again.",
    registry=OWN,
)
MODERATION_ALARMS = Counter(
    "simpul_moderation_alarms",
    "Moderation alerts: trips, freezes, held content, rollbacks.",
    ["alarm"],
    registry=OWN,
)
WAITS_REFUSED = Counter("simpul_waits_refused", "Requests refused because too many wait.", ["kind"], registry=OWN)
LIMITS_ALONE = Gauge(
    "simpul_limits_alone",
    "Whether a web process counts what readers send by itself, because Redis does not answer.",
    registry=OWN,
    multiprocess_mode="livemax",
)
SENDERS_ENDED = Counter(
    "simpul_senders_ended", "Connections that were ended because their body stopped or came too slowly.", registry=OWN
)

STREAMS_OPEN = Gauge(
    "simpul_streams_open",
    "Requests that wait for changes: long polls and streams.",
    registry=OWN,
    multiprocess_mode="livesum",
)
STREAMS_REFUSED = Counter(
    "simpul_streams_refused", "Requests to wait that were refused, by whose limit was reached.", ["limit"], registry=OWN
)
for _limit in ("key", "process", "asking", "connections"):
    # An increase is seen only of a figure that was there before.
    STREAMS_REFUSED.labels(_limit)
STREAMS_DROPPED = Counter(
    "simpul_streams_dropped", "Streams that were ended because their reader took too little.", registry=OWN
)
STREAMS_RESPAWNS = Counter(
    "simpul_streams_respawns",
    "Processes of streams beside a web server that ended by themselves and were started again.",
    registry=OWN,
)
STREAMS_DEAF = Gauge(
    "simpul_streams_deaf",
    "1 while the process of streams gets no notifications from PostgreSQL and only polls.",
    registry=OWN,
    multiprocess_mode="livemax",
)

CLOCK_AHEAD = Gauge(
    "simpul_clock_ahead_seconds",
    "How far the time that Simpul uses (PostgreSQL's) is ahead of this machine's clock; negative when it is behind.",
    registry=OWN,
    multiprocess_mode="livemostrecent",
)
BOUNDS: Final = (0.00025, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Seconds: how many answers took at most so long, and the rest longer."""
REQUESTS = Counter(
    "simpul_requests",
    "Requests that were answered, by plane, method, route and status.",
    ["plane", "method", "route", "status"],
    registry=OWN,
)
REQUEST_SECONDS = Histogram(
    "simpul_request_seconds",
    "How long it took until an answer could be sent, by plane and route.",
    ["plane", "route"],
    buckets=BOUNDS,
    registry=OWN,
)

_locks: list[BinaryIO] = []


def add_to_histogram(histogram: Histogram, numbers: Iterable[int], seconds: float) -> None:
    """Add many observations at once: how many were in each step, and their sum. The library takes them only one by one."""
    for bucket, number in zip(histogram._buckets, numbers, strict=True):  # noqa: SLF001
        if number:
            bucket.inc(number)
    histogram._sum.inc(seconds)  # noqa: SLF001


def share(instance: Path) -> None:
    """Count in files below `instance` from now on; called once by a main process, before it forks. Raises `OSError`."""
    place = folder_of(instance)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    # When two processes start at the same time, neither may mistake the other's new folder for a dead one.
    with (place / LOCK_NAME).open("wb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for folder in _folders(place):
            if not _is_alive(folder):
                shutil.rmtree(folder, ignore_errors=True)
        folder = Path(mkdtemp(dir=place))
        lock = (folder / LOCK_NAME).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
    # Open in this process and in all that are forked from it.
    _locks.append(lock)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # noqa: TID251 - the library reads no other setting
    LateValue.keep_in_files()


def folder_of(instance: Path) -> Path:
    """Where the main processes of this instance open their folders."""
    return instance / "metrics"


def _folders(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return sorted(path for path in place.iterdir() if path.is_dir())


def _is_alive(folder: Path) -> bool:
    """True while a process holds the lock; another one that tries to take it notices."""
    try:
        with (folder / LOCK_NAME).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class ProcessesCollector(Collector):
    """What all processes of an instance have counted; where none of them shares, what this one has counted itself."""

    def __init__(self, instance: Path) -> None:
        self._place = folder_of(instance)

    def collect(self) -> Iterable[Metric]:
        """Counters added up over all processes, those that ended included; gauges of the living ones."""
        files = [str(path) for path in self._files()]
        if not files:
            return OWN.collect()
        found: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return found

    def value(self, name: str) -> float:
        """The sum of all samples of this name."""
        return sum(sample.value for metric in self.collect() for sample in metric.samples if sample.name == name)

    def pids(self) -> list[int]:
        """The living processes that have counted anything."""
        return sorted(pid for pid in {_pid(path) for path in self._files()} if _runs(pid)) or [os.getpid()]

    def _files(self) -> Iterator[Path]:
        for folder in _folders(self._place):
            if not _is_alive(folder):
                continue
            for path in folder.glob("*.db"):
                # A file is empty for a moment after it is created.
                if path.stat().st_size and (not path.name.startswith("gauge_live") or _runs(_pid(path))):
                    yield path


def _pid(path: Path) -> int:
    return int(path.stem.rpartition("_")[2])


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
