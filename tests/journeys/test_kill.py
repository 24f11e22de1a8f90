"""The power fails fifty times while people write: what was acknowledged stays, and nothing is half there (M-2)."""

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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from click import ClickException
from flask import Flask
from sqlalchemy import select

from bench.server import free_port
from cms.changes.log import broken_at
from cms.changes.models import Change
from cms.cli.processes import ensure_port_is_free
from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.ids import new_id
from cms.core.permissions import Role
from cms.editorial.items.models import Edition, Item
from cms.publishing.models import Publication, PublishedItem
from config import PROJECT_ROOT
from tests.factories import post_content
from tests.people import People

KILLS, WRITERS = 50, 3
LOAD_SECONDS = (0.05, 0.35)
START_SECONDS, END_SECONDS = 60.0, 60.0
HOST = "127.0.0.1"


@dataclass(slots=True)
class Journal:
    """What the server has acknowledged, on disk before the next request is sent."""

    file: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    cut_off: int = 0
    refused: list[tuple[int, bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, **line: Any) -> None:
        with self.lock:
            os.write(self.file, json.dumps(line).encode() + b"\n")
            os.fsync(self.file)
            self.lines.append(line)


@dataclass(slots=True)
class Writer:
    """Creates, changes and publishes posts over one connection until the server is gone."""

    port: int
    token: str
    journal: Journal

    def __call__(self) -> None:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            while not self.journal.refused:
                self._write_a_post(connection)
        except (OSError, http.client.HTTPException):
            with self.journal.lock:
                self.journal.cut_off += 1
        finally:
            connection.close()

    def _write_a_post(self, connection: http.client.HTTPConnection) -> None:
        item_id = new_id()
        address = f"/manage/v1/posts/{item_id}"
        self._send(connection, "PUT", address, {"If-None-Match": "*"}, post_content(title=f"Satu {item_id}"))
        self.journal.acknowledge(id=item_id, version=1, title=f"Satu {item_id}")
        self._send(connection, "PATCH", address, {"If-Match": '"v1"'}, {"title": f"Dua {item_id}"})
        self.journal.acknowledge(id=item_id, version=2, title=f"Dua {item_id}")
        self._send(connection, "POST", f"{address}/publish", {"If-Match": '"v2"'}, {})
        self.journal.acknowledge(id=item_id, version=3, title=f"Dua {item_id}")

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: Any
    ) -> None:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": kind, **headers}
        connection.request(method, path, json.dumps(body), sent)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            self.journal.refused.append((answer.status, text))
            raise http.client.HTTPException


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the web process together with the main process")
@pytest.mark.usefixtures("city")
def test_fifty_kills_under_load_lose_no_acknowledged_write(
    app: Flask, people: People, environment: dict[str, str], tmp_path: Path
) -> None:
    # The server's clock runs on, so the token must be of today.
    with clock.frozen(datetime.now(UTC)):
        token = people.person(Role.CENTRAL_EDITOR).token
    journal = Journal(os.open(tmp_path / "acknowledged", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
    with launcher({**environment, "PORT": str(free_port())}, tmp_path) as server:
        for moment in _moments():
            server.live_and_die(moment, token, journal)

    assert journal.refused == []
    assert journal.cut_off == KILLS * WRITERS
    written = acknowledged(tmp_path / "acknowledged")
    assert len(written) > KILLS, "hardly anything was written: these kills have proved nothing"
    with app.app_context(), rolled_back():
        assert_nothing_acknowledged_is_lost(written)
        assert_nothing_is_half_there()
        assert broken_at() is None


def _moments() -> Iterator[float]:
    """How long each server lives under load; the same in every run."""
    moments = random.Random(20261124)
    for _ in range(KILLS):
        yield moments.uniform(*LOAD_SECONDS)


@dataclass(slots=True)
class Server:
    """A web server that is started, written to and killed again and again."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def live_and_die(self, seconds: float, token: str, journal: Journal) -> None:
        """One life: start, take writes for `seconds`, SIGKILL; ends when all its processes are gone."""
        main = psutil.Process(int(self._told("again")))
        self._await_answer()
        writers = [threading.Thread(target=Writer(self.port, token, journal)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(seconds)
        family = [main, *main.children(recursive=True)]
        assert len(family) == 2, "main and web process"
        main.send_signal(signal.SIGKILL)
        assert self._told() == "ended"
        for writer in writers:
            writer.join(END_SECONDS)
        _await_end(family)
        self._await_free_port()

    def _told(self, asked: str | None = None) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if asked is not None:
            self.process.stdin.write(f"{asked}\n")
            self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def _await_free_port(self) -> None:
        deadline = time.monotonic() + END_SECONDS
        while True:
            try:
                ensure_port_is_free(HOST, self.port)
            except ClickException:
                assert time.monotonic() < deadline, "somebody still listens"
                time.sleep(0.005)
            else:
                return

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                answer = connection.getresponse()
                assert answer.status == 200, answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
            else:
                return
            finally:
                connection.close()
        pytest.fail(f"the server did not start again: {self.log.read_text()[-2000:]}")


def _await_end(family: Sequence[psutil.Process]) -> None:
    """Wait until these processes run no more, whether or not somebody has collected their exit codes (that takes a second)."""
    deadline = time.monotonic() + END_SECONDS
    while any(_runs(process) for process in family):
        assert time.monotonic() < deadline, "a process outlived the main process"
        time.sleep(0.002)


def _runs(process: psutil.Process) -> bool:
    try:
        # The main thread of a process may be dead before the others are, which hold its files and its port.
        is_dead = (
            process.status() == psutil.STATUS_ZOMBIE and len(list(Path(f"/proc/{process.pid}/task").iterdir())) == 1
        )
        return process.is_running() and not is_dead
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False


@contextmanager
def launcher(environment: Mapping[str, str], folder: Path) -> Iterator[Server]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.server_again"],
            cwd=PROJECT_ROOT, env={**os.environ, **environment}, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "loaded\n", log.read_text()
        yield Server(process, int(environment["PORT"]), log)
    finally:
        left = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        for each in (process, *left):
            each.kill()
        process.communicate()


def acknowledged(journal: Path) -> dict[str, dict[str, Any]]:
    """The newest acknowledged state of each post, read back from the disk."""
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return {line["id"]: line for line in lines}


def assert_nothing_acknowledged_is_lost(written: Mapping[str, Mapping[str, Any]]) -> None:
    items = {item.id: item for item in session.scalars(select(Item))}
    missing = written.keys() - items.keys()
    assert not missing
    for item_id, line in written.items():
        item = items[item_id]
        assert item.version >= line["version"], line
        assert item.title == line["title"] or item.version > line["version"], line
        # One write can have been done without anybody having been told, not two.
        assert item.version <= line["version"] + 1, line


def assert_nothing_is_half_there() -> None:
    """Every write left all of its rows: as many lines as versions, an edition for each save, a publication for each publishing."""
    items = list(session.scalars(select(Item)))
    lines = Counter(session.scalars(select(Change.resource_id).where(Change.resource_type == "post")))
    editions = Counter(session.scalars(select(Edition.item_id)))
    assert lines == {item.id: item.version for item in items}
    assert editions == {item.id: item.edition for item in items}
    published = sorted(item.id for item in items if item.published_edition is not None)
    assert published == sorted(item.id for item in items if item.version == 3)
    assert sorted(session.scalars(select(Publication.item_id))) == published
    assert sorted(session.scalars(select(PublishedItem.id))) == published
    told = session.scalars(select(Change.resource_id).where(Change.action == "post.published"))
    assert sorted(told) == published
