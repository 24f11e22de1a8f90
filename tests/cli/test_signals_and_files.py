"""A server hears every signal, and what it writes is for its own account only."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys
from pathlib import Path

import psutil
import pytest

from tests.cli.servers import prepare, running

STOP_SECONDS = 20.0


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux can give a signal to a chosen thread of another process"
)
def test_a_signal_that_the_system_gives_to_another_thread_is_heard(tmp_path: Path) -> None:
    prepare(tmp_path)
    with running(tmp_path, "serve", "--worker") as (process, _port):
        threads = {thread.id for thread in psutil.Process(process.pid).threads()} - {process.pid}
        assert threads
        # So it happens when SIGTERM comes together with the SIGCHLD of a worker that was stopped and goes on.
        assert ctypes.CDLL(None).tgkill(process.pid, min(threads), signal.SIGTERM) == 0
        assert process.wait(STOP_SECONDS) == 0


def test_sigterm_right_after_the_worker_was_stopped_and_goes_on_is_heard(tmp_path: Path) -> None:
    prepare(tmp_path)
    with running(tmp_path, "serve", "--worker") as (process, _port):
        worker = next(child for child in psutil.Process(process.pid).children() if not child.net_connections("tcp4"))
        worker.suspend()
        worker.resume()
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0


def test_all_that_a_server_writes_is_for_its_own_account_only(tmp_path: Path) -> None:
    instance, before = tmp_path / "instance", os.umask(0o022)
    try:
        prepare(instance)
        with running(instance, "serve", "--worker"):
            written = [path for path in instance.rglob("*") if path.name != "log"]
            open_to_others = [str(path) for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077]
    finally:
        os.umask(before)
    assert {"simpul.db", "simpul.db-wal", "simpul.db-shm", "secret_key", "audit_signing_key", "metrics"} <= {
        path.name for path in written
    }
    assert open_to_others == []
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
