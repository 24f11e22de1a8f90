"""The process of streams as it runs: beside a web server and a worker, killed and stopped. Real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from flask import Flask

from cms.application import create_app
from cms.core.db import db, session
from config import Settings
from tests.cli.servers import database_settings, environment_of, get_text, prepare, running
from tests.database import under_test
from tests.factories import add_consumer, add_key, add_published_post
from tests.streams.readers import Reader

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Running:
    """Web server, worker and streams on a database in which this process writes too."""

    main: psutil.Process
    port: int
    key: str
    app: Flask

    @property
    def streams_port(self) -> int:
        """Where it says that requests may wait."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/capabilities", headers={"Authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            told = json.loads(answer.read())["data"]["waiting"]
        port = urlsplit(told["stream"]).port
        assert port is not None
        return port


@pytest.fixture
def served(tmp_path: Path, prepared_instance: Path) -> Iterator[Running]:
    instance = shutil.copytree(prepared_instance, tmp_path / "instance")
    if under_test() == "sqlite":
        with of_instance(instance) as found:
            yield found
        return
    with database_settings(instance) as settings:
        prepare(instance, **settings)
        with of_instance(instance, **settings) as found:
            yield found


@contextmanager
def of_instance(instance: Path, **settings: str) -> Iterator[Running]:
    with running(instance, **settings) as (process, port):
        app = create_app(Settings.from_environ(environment_of(instance, **settings)))
        _id, key = add_key(app, add_consumer(app))
        yield Running(psutil.Process(process.pid), port, key, app)
        with app.app_context():
            session.remove()
            db.engine.dispose()
        app.extensions["simpul"].reader.close_connections()


def listener(port: int) -> psutil.Process:
    (found,) = {
        process.pid
        for process in psutil.process_iter()
        if any(each.laddr.port == port and each.status == "LISTEN" for each in connections(process))
    }
    return psutil.Process(found)


def not_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def connections(process: psutil.Process) -> list[Any]:
    try:
        return process.net_connections("tcp")
    except psutil.Error:
        return []


def about(reader: Reader) -> list[str]:
    """What it was told of, in order."""
    return [event.data["id"] for event in reader.events]


def test_a_killed_process_is_started_again_and_nothing_is_lost(served: Running) -> None:
    port = served.streams_port
    reader = Reader(port, served.key).greeted()
    first = add_published_post(served.app, title="Sebelum").id
    reader.wait(lambda each: first in about(each))

    killed = listener(port)
    os.kill(killed.pid, signal.SIGKILL)
    reader.ends()
    missed = add_published_post(served.app, title="Sementara").id
    again = returned(port, served.key, reader.last_id)
    again.wait(lambda each: missed in about(each))
    later = add_published_post(served.app, title="Sesudah").id
    again.wait(lambda each: later in about(each))

    assert first not in about(again)
    assert listener(port).pid != killed.pid
    figures = get_text(served.port, "/metrics")
    assert re.search(r"^simpul_streams_respawns_total 1.0$", figures, re.MULTILINE)
    assert re.search(r"^simpul_streams_open 1.0$", figures, re.MULTILINE)
    assert re.search(r'^simpul_processes\{kind="streams"\} 1.0$', figures, re.MULTILINE)
    for each in (reader, again):
        each.close()


def returned(port: int, key: str, last_id: str) -> Reader:
    """A client that comes back as often as it takes."""
    for _ in range(400):
        try:
            return Reader(port, key, headers={"Last-Event-ID": last_id}).greeted()
        except OSError:
            signal.sigtimedwait([], 0.05)
    raise AssertionError("nobody answers")


def test_a_server_that_stops_ends_its_streams(served: Running) -> None:
    port = served.streams_port
    reader = Reader(port, served.key).greeted()
    served.main.send_signal(signal.SIGTERM)
    reader.ends()
    # The last chunk came: a client knows that it missed nothing.
    assert not reader.was_broken
    served.main.wait(30)
    assert not_listening(port)
    reader.close()
