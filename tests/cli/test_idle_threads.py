"""Threads of a web process end when they have nothing to do; nothing that they leave behind may harm the process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cms.core.metrics import ProcessesCollector
from tests.cli.bursts import burst
from tests.cli.servers import (
    cms_command,
    database_settings,
    environment_of,
    get_text,
    make_key,
    prepare,
    running,
)

SHORTEST_IDLE_SECONDS = 5
BURSTS, BURST_SECONDS, LONGEST_SECONDS = 3, 1.0, 60.0
Server = tuple[Path, dict[str, str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An instance folder with a migrated database of the kind under test, and the settings of its servers."""
    tmp_path = tmp_path_factory.mktemp("server")
    with database_settings(tmp_path) as database:
        settings = {**database, "WEB_THREAD_IDLE_SECONDS": str(SHORTEST_IDLE_SECONDS)}
        prepare(tmp_path, **settings)
        yield tmp_path, settings


@pytest.mark.slow
def test_three_bursts_with_silences_find_the_same_process(server: Server) -> None:
    instance, settings = server
    key = make_key(instance, **settings)
    with running(instance, "serve", **settings) as (process, port):
        (web,) = psutil.Process(process.pid).children()
        for _ in range(BURSTS):
            statuses = burst(port, key, BURST_SECONDS)
            # On a busy machine some of the six wait in vain for a place for their body (503).
            assert {200, 401, 404} <= statuses.keys() <= {200, 401, 404, 503}
            busy = web.num_threads()
            _await(lambda busy=busy: web.num_threads() < busy)
        assert psutil.Process(process.pid).children() == [web]
        assert get_text(port, "/healthz")
    assert "Unexpected exit" not in (instance / "log").read_text()


def test_a_web_process_that_dies_is_told_in_the_log_in_the_figures_and_by_doctor(server: Server) -> None:
    instance, settings = server
    with running(instance, "serve", **settings) as (process, port):
        (web,) = psutil.Process(process.pid).children()
        web.send_signal(signal.SIGSEGV)
        _await(lambda: bool(_web_pids(process) - {web.pid}))
        _await(lambda: _answers(port))
        assert "\nsimpul_web_respawns_total 1.0\n" in get_text(port, "/metrics")
        told = subprocess.run(
            [*cms_command(), "doctor"],
            check=False,
            env=environment_of(instance, **settings),
            capture_output=True,
            text=True,
        )
        assert "A web process ended by itself 1 times" in told.stdout
        assert ProcessesCollector(instance).value("simpul_web_respawns_total") == 1
    log = (instance / "log").read_text()
    assert re.search(rf'"pid": {web.pid}, "exit_code": -11, "event": "web_process_ended", "level": "error"', log), log
    assert "Fatal Python error: Segmentation fault" in log


@pytest.mark.parametrize("kind", ["main", "web", "worker"])
def test_every_process_says_where_it_was_when_it_dies_of_a_fault(server: Server, kind: str) -> None:
    instance, settings = server
    with running(instance, "serve", "--worker", **settings) as (process, _port):
        main = psutil.Process(process.pid)
        (web,) = (child for child in main.children() if child.net_connections("tcp4"))
        (worker,) = (child for child in main.children() if child != web)
        dies = {"main": main, "web": web, "worker": worker}[kind]
        os.kill(dies.pid, signal.SIGSEGV)
        _await(lambda: "Fatal Python error: Segmentation fault" in (instance / "log").read_text())
        _await(lambda: "most recent call first" in (instance / "log").read_text())


def _web_pids(process: subprocess.Popen[bytes]) -> set[int]:
    return {child.pid for child in psutil.Process(process.pid).children()}


def _answers(port: int) -> bool:
    try:
        return bool(get_text(port, "/healthz"))
    except OSError:
        return False


def _await(happened: Callable[[], bool]) -> None:
    """Look again and again until it has happened."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
