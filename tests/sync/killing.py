"""Copies of a city on a real server where everything is killed while people write: what the suite and the long test share."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import psutil

from config import PROJECT_ROOT
from tests.cli.servers import database_settings, running
from tests.examples.running_city import UNHELD, RunningCity
from tests.examples.writers import Writers
from tests.sync.ordered_copy import OrderedCopy

SECONDS_TO_FOLLOW = 120.0
BROKEN = (OSError, http.client.HTTPException, ValueError)
"""What a client of a killed process sees: no connection, half an answer, half a JSON text."""
FILTERS = (
    "", "channel=dishub", "channel=kota&type=post", "type=post&kind=berita", "agency=dpu", "type=document&class=berkala",
    "type=agency,category,post", "category=infrastruktur", "channel=dishub&relation=repost&type=post", "type=document,post&agency=dishub",
)  # fmt: skip
YOUNG_SECONDS = 7.0
"""A process of the server that dies so soon after its start ends the server: that is so on purpose."""


@dataclass
class KilledCopy:
    """A copy in a file, and the process that keeps it; `complaints` are of processes that ended by themselves."""

    city: RunningCity
    folder: Path
    filters: str
    starts: int = 0
    complaints: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin or go on."""
        self.starts += 1
        words = [
            sys.executable,
            "-m",
            "tests.sync.ordered_copy",
            str(self.file),
            str(self.starts),
            *self.filters.split("&"),
        ]
        self._process = subprocess.Popen(
            [word for word in words if word],
            cwd=PROJECT_ROOT,
            env={**os.environ, "SIMPUL_API": self.city.api, "SIMPUL_KEY": self.city.key},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self) -> None:
        """Kill it wherever it is."""
        if self._process is not None:
            self._process.kill()
            complaint = self._process.communicate()[1]
            self.complaints += [complaint] if self._process.returncode != -signal.SIGKILL else []

    @property
    def file(self) -> Path:
        """Where it lies."""
        return self.folder / f"{FILTERS.index(self.filters)}.db"

    def differs(self) -> list[str]:
        """In what it is another one than the server has: checksums, and what the lists show with the same filters."""
        named = dict(parse_qsl(self.filters))
        with closing_copy(self, named) as copy:
            exact, had = copy.is_exact(), copy.ids()
        types = named.pop("type", "post,document").split(",")
        shown = {
            item["id"]
            for name in ("post", "document")
            if name in types
            for item in self.city.listed(f"/v1/{name}s?{urlencode({**named, 'limit': '100', 'fields': 'id'})}")
        }
        found = [] if exact else [f"{self.filters}: checksum {exact}"]
        return found + [f"{self.filters}: {item_id}" for item_id in sorted(shown ^ had)]

    def beginnings(self) -> int:
        """How often it had to begin."""
        with closing_copy(self, dict(parse_qsl(self.filters))) as copy:
            return copy.beginnings


@contextmanager
def closing_copy(killed: KilledCopy, named: dict[str, str]) -> Iterator[OrderedCopy]:
    """The copy, in this process."""
    copy = OrderedCopy(killed.file, killed.city.api, killed.city.key, named)
    with closing(copy.db):
        yield copy


class PatientWriters(Writers):
    """Writers whose requests may find nobody."""

    def __init__(self, city: RunningCity, number: int) -> None:
        super().__init__(city)
        self.dice = random.Random(number)
        self.number = number * 100_000

    def __call__(self, stop: threading.Event) -> None:
        while not stop.is_set():
            act = self.dice.choice(self.kinds)
            with suppress(*BROKEN, TypeError, KeyError):
                # 503 of a process that begins has no data.
                if act() < 300:
                    self.done[act.__name__] = self.done.get(act.__name__, 0) + 1


@contextmanager
def killable_city(folder: Path, **settings: str) -> Iterator[tuple[RunningCity, psutil.Process]]:
    """The demonstration city, and the process whose children serve it."""
    instance = folder / "instance"
    instance.mkdir()
    with (
        database_settings(instance) as database,
        running(instance, **database, **UNHELD, **settings) as (process, port),
    ):
        secrets = json.loads((instance / "demo.json").read_text())
        city = RunningCity(f"http://localhost:{port}", secrets, instance, database)
        yield city, psutil.Process(process.pid)


def killed_process(main: psutil.Process, *, is_web: bool) -> int:
    """Kill the oldest of the processes that serve requests, or the worker; 1 if it was old enough."""
    with suppress(psutil.NoSuchProcess, ValueError):
        listening = {
            child: any(each.status == psutil.CONN_LISTEN for each in child.net_connections("tcp4"))
            for child in main.children()
        }
        oldest = min(
            (child for child, serves in listening.items() if serves == is_web), key=lambda child: child.create_time()
        )
        if time.time() - oldest.create_time() > YOUNG_SECONDS:
            oldest.send_signal(signal.SIGKILL)
            return 1
    return 0


@dataclass
class Run:
    """What happened: changes, that is lines of the log, what was written, and what was killed."""

    lines: int = 0
    written: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)


def run_city(
    city: RunningCity,
    main: psutil.Process,
    copies: Sequence[KilledCopy],
    *,
    writers: int,
    lines: int,
    seconds: float,
    pause: float,
) -> Run:
    """Writers, copies and kills at the same time, until so many changes are made (or so many seconds are over)."""
    dice, over, run = random.Random(7), threading.Event(), Run()
    crowd = [PatientWriters(city, number) for number in range(1, writers + 1)]
    threads = [threading.Thread(target=each, args=(over,)) for each in crowd]
    began = newest_line(city)
    for each in [*threads, *copies]:
        each.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until and run.lines < lines:
        time.sleep(pause * dice.uniform(0.5, 1.5))
        run.kills["web"] += killed_process(main, is_web=True)
        run.kills["worker"] += killed_process(main, is_web=False) if dice.random() < 0.5 else 0
        for copy in dice.sample(list(copies), k=max(1, len(copies) // 3)):
            copy.kill()
            copy.start()
            run.kills["copy"] += 1
        run.lines = newest_line(city) - began
    over.set()
    for thread in threads:
        thread.join(60)
    for copy in copies:
        copy.kill()
    run.lines, run.written = newest_line(city) - began, sum((Counter(each.done) for each in crowd), Counter())
    return run


def newest_line(city: RunningCity) -> int:
    """The number of the newest line of the log that readers may know, however often a killed process has to be asked."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while True:
        with suppress(*BROKEN, TypeError, KeyError):
            return int(city.send("GET", "/v1/changes?limit=1", city.key).headers["Content-Seq"])
        assert time.monotonic() < deadline, "the server is not there any more"
        time.sleep(0.1)


def differing_in_time(copies: Sequence[KilledCopy]) -> list[str]:
    """The copies that differ even after the worker and the schedules of the last seconds have come by."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while True:
        differing = [found for copy in copies for found in copy.differs()]
        if not differing or time.monotonic() > deadline:
            return differing
        time.sleep(0.5)
