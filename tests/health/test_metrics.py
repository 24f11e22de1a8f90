"""`/metrics` adds up what all processes of a server have counted, whichever of them answers."""

from __future__ import annotations

import re
import time
from pathlib import Path

import psutil

from tests.cli.servers import get_text, running, started

LONGEST_SECONDS = 60.0


def figures(port: int) -> dict[str, float]:
    """The samples of `/metrics` by name and labels."""
    lines = get_text(port, "/metrics").splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def awaited(port: int, name: str, value: float) -> dict[str, float]:
    """The samples, once one of them has its value."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while (found := figures(port)).get(name) != value and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found.get(name) == value, found
    return found


def test_every_process_of_a_server_is_seen_whoever_answers(instance: Path) -> None:
    with running(instance, WEB_WORKERS="2") as (process, port):
        awaited(port, 'simpul_processes{kind="web"}', 2)
        found = awaited(port, 'simpul_processes{kind="worker"}', 1)
        pids = {process.pid, *(child.pid for child in psutil.Process(process.pid).children())}
    assert found['simpul_processes{kind="main"}'] == 1
    assert found["simpul_web_respawns_total"] == 0
    seen = {int(pid) for pid in re.findall(r'process_cpu_seconds_total{pid="(\d+)"}', "\n".join(found))}
    assert seen == pids


def test_a_worker_that_was_started_by_itself_is_seen_and_is_gone_when_it_has_ended(instance: Path) -> None:
    with running(instance, "serve") as (_process, port):
        assert 'simpul_processes{kind="worker"}' not in figures(port)
        with started(instance, instance / "worker.log", "worker"):
            awaited(port, 'simpul_processes{kind="worker"}', 1)
        assert 'simpul_processes{kind="worker"}' not in figures(port)


def test_a_start_removes_what_an_earlier_one_left_and_nothing_that_lives(instance: Path) -> None:
    place = instance / "metrics"
    with running(instance, "serve"):
        pass
    (left,) = (path for path in place.iterdir() if path.is_dir())
    with running(instance, "serve"):
        first = {path for path in place.iterdir() if path.is_dir()}
        with running(instance, "serve"):
            second = {path for path in place.iterdir() if path.is_dir()}
    assert left not in first
    assert first < second
    assert len(second) == 2
    assert place.stat().st_mode & 0o777 == 0o700
