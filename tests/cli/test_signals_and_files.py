"""A server hears every signal, and what it writes is for its own account only."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config import PROJECT_ROOT
from tests.cli.servers import cms_command, environment_of, prepare, running

STOP_SECONDS = 60.0


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux can give a signal to a chosen thread of another process"
)
def test_a_signal_that_the_system_gives_to_another_thread_is_heard(instance: Path) -> None:
    with running(instance, "serve", "--worker") as (process, _port):
        threads = {thread.id for thread in psutil.Process(process.pid).threads()} - {process.pid}
        assert threads
        # So it happens when SIGTERM comes together with the SIGCHLD of a worker that was stopped and goes on.
        assert ctypes.CDLL(None).tgkill(process.pid, min(threads), signal.SIGTERM) == 0
        assert process.wait(STOP_SECONDS) == 0


def test_sigterm_right_after_the_worker_was_stopped_and_goes_on_is_heard(instance: Path) -> None:
    with running(instance, "serve", "--worker") as (process, _port):
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


def test_with_a_proxy_that_sends_files_those_are_open_to_their_group_and_nothing_else_is(tmp_path: Path) -> None:
    instance, settings = tmp_path / "instance", {"FILES_THROUGH_PROXY": "/simpul-files/"}
    root, before = instance / "files", os.umask(0o022)
    try:
        subprocess.run([*cms_command(), "init"], check=True, env=environment_of(instance, **settings), cwd=PROJECT_ROOT)
        root.chmod(0o750)
        # The demonstration city has documents and images.
        with running(instance, "run", **settings):
            written = {path: stat.S_IMODE(path.stat().st_mode) for path in instance.rglob("*") if path.name != "log"}
    finally:
        os.umask(before)
    files = set(root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"))
    folders = {*root.glob("[0-9a-f][0-9a-f]"), *root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")}
    assert files
    assert {written[path] for path in files} == {0o640}
    assert {written[path] for path in folders} == {0o750}
    others = {path: mode for path, mode in written.items() if path not in {root, *files, *folders}}
    assert {"simpul.db", "secret_key", "demo.json", "incoming", "simpul-storage"} <= {path.name for path in others}
    assert [str(path) for path, mode in others.items() if mode & 0o077] == []
