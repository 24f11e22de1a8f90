"""Copies of a city on a real server whose web processes are killed while people write: what the suite and the long test share."""

from __future__ import annotations

import http.client
import json
import random
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.cli.servers import database_settings, running
from tests.examples.running_city import RunningCity
from tests.examples.test_offline_copy import Writers
from tests.sync.follower import Follower

SECONDS_TO_FOLLOW = 60.0
BROKEN = (OSError, http.client.HTTPException, ValueError)
"""What a client of a killed process sees: no connection, half an answer, half a JSON text."""
FILTERS = (
    "", "&channel=dishub", "&channel=kota&type=post", "&type=post&kind=berita", "&agency=dpu", "&type=document&class=berkala",
    "&type=agency,category,post", "&category=infrastruktur", "&channel=dishub&relation=repost&type=post", "&type=document,post&agency=dishub",
)  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """An answer as `Follower` takes it."""

    status_code: int
    json: Any

    @property
    def text(self) -> str:
        return str(self.json)


class RemoteCopy:
    """A copy over HTTP that begins again where it was after each broken connection."""

    def __init__(self, city: RunningCity, filters: str, limit: int) -> None:
        self.city, self.filters, self.broken = city, filters, 0
        self.follower = Follower(city.key, f"/v1/sync?limit={limit}{filters}")

    def ask(self, address: str, key: str) -> Any:
        """One answer, however many times it has to be asked for."""
        path = "/v1/" + address.partition("/v1/")[2]
        deadline = time.monotonic() + SECONDS_TO_FOLLOW
        while time.monotonic() < deadline:
            with suppress(*BROKEN):
                answer = self.city.send("GET", path, key)
                if answer.status < 500:
                    return Reply(answer.status, answer.body)
            self.broken += 1
            time.sleep(0.05)
        raise AssertionError("the server is not there any more")

    def copy(self, over: threading.Event) -> None:
        """Take pages until nobody writes any more."""
        while not over.is_set():
            if not self.follower.page(self.ask):
                time.sleep(0.02)

    def differs(self) -> bool:
        """Whether it is another one than the server has."""
        self.follower.catch_up(self.ask)
        position = (self.follower.at or "").partition("position=")[2].partition("&")[0]
        told = self.ask(f"/v1/sync/checksum?position={position}", self.city.key).json
        had = {row["type"]: (row["count"], row["hash"]) for row in told["data"] if row["count"]}
        return (had, True) != (self.follower.hashes(), told["meta"]["complete"])


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
    with database_settings(instance) as database, running(instance, **database, **settings) as (process, port):
        secrets = json.loads((instance / "demo.json").read_text())
        city = RunningCity(f"http://localhost:{port}", secrets, instance, database)
        yield city, psutil.Process(process.pid)


def kill_web(main: psutil.Process) -> int:
    """Kill the oldest of the processes that serve requests, at once: one that dies again right after its start would end the server."""
    with suppress(psutil.NoSuchProcess, ValueError):
        serving = [child for child in main.children() if child.net_connections("tcp4")]
        min(serving, key=lambda child: child.create_time()).send_signal(signal.SIGKILL)
        return 1
    return 0


def run_city(
    city: RunningCity, main: psutil.Process, *, copies: Sequence[RemoteCopy], writers: int, seconds: float, pause: float
) -> tuple[int, int]:
    """Writers, copies and kills at the same time; returns how much was written, and how often something was killed."""
    dice, over, kills = random.Random(7), threading.Event(), 0
    crowd = [PatientWriters(city, number) for number in range(1, writers + 1)]
    threads = [threading.Thread(target=each, args=(over,)) for each in [*crowd, *(copy.copy for copy in copies)]]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(pause * dice.uniform(0.5, 1.5))
        kills += kill_web(main)
    over.set()
    for thread in threads:
        thread.join(60)
    return sum(sum(each.done.values()) for each in crowd), kills


def differing_in_time(copies: Sequence[RemoteCopy]) -> list[str]:
    """The copies that differ even after the worker and the schedules of the last seconds have come by."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while True:
        differing = [copy.filters for copy in copies if copy.differs()]
        if not differing or time.monotonic() > deadline:
            return differing
        time.sleep(0.5)


def shown_ids(city: RunningCity, path: str) -> set[str]:
    """What a list has now."""
    return {item["id"] for item in city.listed(f"{path}{'&' if '?' in path else '?'}limit=100&fields=id")}
