"""What the benchmark of webhooks stands on: the process of addresses, consumers and endpoints in the database, a worker that is watched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from flask import Flask

from bench.dataset import agencies
from bench.endpoints import AUTHORITY, HOST, LIVING, RECEIVED
from bench.load import PROJECT_ROOT, server_core
from bench.server import Memory, Server, free_port, running
from cms.consumers.models import Consumer
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.ids import new_id
from cms.core.sealed_secrets import seal
from cms.webhooks.models import Webhook, WebhookState
from cms.webhooks.policies import MOST_ENDPOINTS
from cms.webhooks.signatures import make_secret

Key = tuple[int, int]
"""An address by its number, and the sequence of a line."""
LOOK_SECONDS = 0.25
NOT_INSTALLED = ("rich", "pygments")
"""Packages of developers' tools alone. Libraries of ours load them where they find them, and take 10 MB that no city has."""


@dataclass(frozen=True, slots=True)
class Told:
    """When each living address first got each line (monotonic seconds), and how many messages came twice."""

    first: Mapping[Key, float]
    doubles: int


class Endpoints:
    """The process of addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.endpoints", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT_ROOT, text=True,
        )  # fmt: skip
        if self._process.stdout is None:
            raise RuntimeError("the addresses have no output")
        self._ports: dict[str, int] = json.loads(self._process.stdout.readline())

    def environment(self) -> dict[str, str]:
        """The settings that open them."""
        return {
            "OUTBOUND_NETWORKS": "127.0.0.0/8",
            "OUTBOUND_PORTS": ",".join(str(port) for port in self._ports.values()),
            "OUTBOUND_CA_FILE": str(self._folder / AUTHORITY),
        }

    def url(self, number: int, kind: str = LIVING) -> str:
        """The address with this number."""
        return f"https://{HOST}:{self._ports[kind]}/{number}"

    def end(self) -> Told:
        """End the process and read what came in."""
        self._process.communicate()
        first: dict[Key, float] = {}
        lines = (self._folder / RECEIVED).read_text().splitlines()
        for path, message, at in (line.split(" ") for line in lines):
            first.setdefault((int(path[1:]), int(message.rpartition("-")[2])), float(at))
        return Told(first, len(lines) - len(first))


@contextmanager
def listening() -> Iterator[Endpoints]:
    """The process of addresses; the block ends it."""
    with tempfile.TemporaryDirectory() as folder:
        yield Endpoints(Path(folder))


def add_endpoints(app: Flask, unit: UnitOfWork, wanted: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Add endpoints, each with its address and the agencies that it is told of, to as many consumers as that takes; returns ids."""
    keys, now = app.extensions["simpul"].signing_keys, clock.now()
    ids: list[str] = []
    for number, (url, of) in enumerate(wanted):
        if number % MOST_ENDPOINTS == 0:
            consumer = Consumer(
                id=new_id(), name="Situs", kind="website", agency=agencies()[0].slug, contact_name="Situs",
                contact_email="situs@balikpapan.example", created_at=now, updated_at=now,
            )  # fmt: skip
            unit.add(consumer)
            unit.session.flush()
        ids.append(new_id())
        unit.add(
            Webhook(
                id=ids[-1], consumer_id=consumer.id, url=url, label="", agencies=list(of), state=WebhookState.ACTIVE.value, failures=0,
                secret=seal(keys, make_secret()), version=1, created_at=now, updated_at=now,
            )
        )  # fmt: skip
    return ids


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[Server]:
    """A worker on the server's core, without a web process, and with the packages that a city installs."""
    with tempfile.TemporaryDirectory() as hiding:
        for name in NOT_INSTALLED:
            (Path(hiding) / f"{name}.py").write_text("raise ImportError('not in requirements.txt')")
        process = subprocess.Popen(
            [sys.executable, "-m", "cms", "worker"],
            cwd=PROJECT_ROOT,
            env={**os.environ, "LOG_LEVEL": "CRITICAL", "PYTHONPATH": hiding, **environment},
        )
        core = server_core()
        if core is not None:
            psutil.Process(process.pid).cpu_affinity([core])
        try:
            yield Server(process, 0, 0.0)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def whole_system(environment: Mapping[str, str]) -> Iterator[Server]:
    """Web server and worker as `make run` starts them."""
    port = free_port()
    command = [sys.executable, "-m", "cms", "run", "--port", str(port)]
    with running(command, port=port, environment=environment, ready_path="/healthz") as server:
        yield server


class Watch:
    """The largest memory of a server, looked at again and again."""

    def __init__(self, server: Server) -> None:
        self.most = Memory(0, 0, 0)
        self._server, self._stop = server, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.most = max(self.most, self._server.memory(), key=lambda memory: memory.pss)

    def end(self) -> Memory:
        """The largest that was seen."""
        self._stop.set()
        self._thread.join()
        return self.most


def evenly(count: int, rate: float) -> Iterator[int]:
    """Numbers, so many in a second."""
    began = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        yield number
