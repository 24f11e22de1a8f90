"""`make run` as processes: starts, answers, and stops completely."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from select import select

import psutil
import pytest

from config import PROJECT_ROOT
from tests.cli.servers import START_SECONDS, WEB_THREADS, cms_command, environment_of, get, running
from tests.health.test_metrics import awaited

# Fewer than a server in production gives its processes before it ends them by force; everything here is over in one or two.
STOP_SECONDS = 18.0


def test_sigterm_stops_web_server_and_worker(instance: Path) -> None:
    with running(instance) as (process, port):
        # Web server, worker and streams; below them are the programs that read files for a moment.
        assert len(psutil.Process(process.pid).children()) == 3
        family = psutil.Process(process.pid).children(recursive=True)
        assert get(port, "/readyz")["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0
        assert psutil.wait_procs(family, timeout=STOP_SECONDS)[1] == []


def test_ctrl_c_reaches_every_process_and_stops_them(instance: Path) -> None:
    with running(instance) as (process, _port):
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 0
        assert psutil.wait_procs(family, timeout=STOP_SECONDS)[1] == []


def test_half_sent_bodies_do_not_keep_readers_out(instance: Path) -> None:
    head = b"POST /manage/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    with running(instance) as (_process, port), ExitStack() as opened:
        slow = [opened.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(20)]
        for connection in slow:
            connection.sendall(head)
        # All but the threads that wait for a body tell so; then one is free for whoever sends none.
        silent = set(slow)
        while len(silent) >= WEB_THREADS:
            told = select(silent, [], [], START_SECONDS)[0]
            assert {connection.recv(12) for connection in told} == {b"HTTP/1.1 503"}
            silent -= set(told)
        assert get(port, "/readyz")["status"] == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent is gone")
def test_nothing_is_left_behind_when_the_main_process_is_killed(instance: Path) -> None:
    with running(instance) as (process, _port):
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        assert psutil.wait_procs(family, timeout=STOP_SECONDS)[1] == []


def worker_of(process: subprocess.Popen[bytes]) -> psutil.Process:
    """The child that serves no requests, as soon as there is one: it is counted before it is started."""
    ends_at = time.monotonic() + START_SECONDS
    while True:
        children = psutil.Process(process.pid).children()
        found = next((child for child in children if not child.net_connections("tcp4")), None)
        if found is not None:
            return found
        assert time.monotonic() < ends_at
        time.sleep(0.01)


def test_a_worker_that_dies_is_started_again_and_one_that_dies_again_at_once_ends_everything(instance: Path) -> None:
    with running(instance) as (process, port):
        web = psutil.Process(process.pid).children()
        first = worker_of(process)
        web.remove(first)
        first.kill()
        psutil.wait_procs([first], timeout=STOP_SECONDS)
        awaited(port, "simpul_worker_respawns_total", 1)
        second = worker_of(process)
        assert second.pid != first.pid
        assert set(psutil.Process(process.pid).children()) == {*web, second}
        assert awaited(port, 'simpul_processes{kind="worker"}', 1)
        second.kill()
        assert process.wait(STOP_SECONDS) == 1
    log = (instance / "log").read_text()
    assert re.findall(r'"pid": (\d+), "exit_code": -9, "event": "worker_ended", "level": "error"', log) == [
        str(first.pid),
        str(second.pid),
    ]


def test_a_worker_that_was_started_again_ends_with_the_server(instance: Path) -> None:
    with running(instance) as (process, port):
        worker_of(process).kill()
        awaited(port, "simpul_worker_respawns_total", 1)
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0
        assert psutil.wait_procs(family, timeout=STOP_SECONDS)[1] == []


def test_a_port_in_use_is_said_in_one_sentence(instance: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [*cms_command(), "run", "--port", str(port)],
            check=False,
            cwd=PROJECT_ROOT,
            env=environment_of(instance),
            capture_output=True,
            text=True,
        )
    assert answer.returncode == 1
    assert re.fullmatch(rf"Error: Port {port} on 127\.0\.0\.1 cannot be used .*\n", answer.stderr)
