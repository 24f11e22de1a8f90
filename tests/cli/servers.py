"""Servers as processes of their own, for tests that look at processes; each ends with the test."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask

from cms.application import create_app
from cms.core.db import db
from config import PROJECT_ROOT, Settings
from tests.database import own_database

START_SECONDS = 300.0
WEB_THREADS = 4
CHEAP = {"PASSWORD_MEMORY_KIB": "19456", "PASSWORD_TIME_COST": "2", "PASSWORD_LANES": "1"}
OF_THE_TESTER = {"DATABASE_URL", "PORT", "PUBLIC_URL"}


def prepare(instance: Path, **settings: str) -> None:
    """Migrate the database of an instance folder and add somebody, so that no demonstration is loaded."""
    for words in (["init"], ["user", "create", "admin@city.example", "--name", "Admin", "--role", "admin"]):
        subprocess.run(
            [*cms_command(), *words],
            check=True,
            cwd=PROJECT_ROOT,
            env=environment_of(instance, **settings),
            stdout=subprocess.DEVNULL,
        )


def make_key(instance: Path, **settings: str) -> str:
    """A delivery key of a new website."""
    words = ["--agency", "kota", "--contact-name", "Pengelola", "--contact-email", "situs@city.example"]
    made = subprocess.run(
        [*cms_command(), "key", "create", "Situs", *words],
        check=True,
        cwd=PROJECT_ROOT,
        env=environment_of(instance, **settings),
        capture_output=True,
        text=True,
    )
    return made.stdout.splitlines()[-1]


@contextmanager
def database_settings(instance: Path, copied_from: str | None = None) -> Iterator[dict[str, str]]:
    """Settings that give a server a database of its own, of the kind under test: empty, or with what another one has that nobody uses."""
    with own_database(instance, "simpul", copied_from) as url:
        yield {"DATABASE_URL": url}


@contextmanager
def running(instance: Path, *words: str, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server `python -m cms run` (or what `words` say) once it answers, and its port; what it prints is in `log`."""
    port, log = free_port(), instance / "log"
    with started(instance, log, *(words or ("run",)), "--port", str(port), **settings) as process:
        _await_answer(process, port, log)
        yield process, port


@contextmanager
def started(
    instance: Path, log: Path, *words: str, program: Sequence[str] = (), **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command (of `program` if it is not ours) as a process of its own group, which is killed at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*(program or cms_command()), *words],
            cwd=PROJECT_ROOT,
            env=environment_of(instance, **settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def beside(instance: Path, settings: dict[str, str]) -> Iterator[Flask]:
    """The application on the database of the worker."""
    app = create_app(Settings.from_environ({"INSTANCE_PATH": str(instance), **settings}))
    yield app
    with app.app_context():
        app.extensions["simpul"].reader.close_connections()
        db.session.remove()
        db.engine.dispose()


def get(port: int, path: str) -> dict[str, str]:
    """The JSON that an address answers."""
    found: dict[str, str] = json.loads(get_text(port, path))
    return found


def get_text(port: int, path: str) -> str:
    """The text that an address answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        text: str = answer.read().decode()
        return text


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended: {log.read_text()[-2000:]}"
        try:
            get(port, "/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not answer")


def cms_command() -> list[str]:
    """The command line of this project."""
    return [sys.executable, "-m", "cms"]


def environment_of(instance: Path, **settings: str) -> Mapping[str, str]:
    """The environment of a process: this one's, less what would lead to another database, with these settings."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTER}
    return {
        **kept,
        "INSTANCE_PATH": str(instance),
        "PYTHONUNBUFFERED": "1",
        "WEB_THREADS": str(WEB_THREADS),
        **CHEAP,
        **settings,
    }


def free_port() -> int:
    """A port that nobody listens on now, nor on the one after it, where a server has its streams."""
    while True:
        with socket.socket() as probe, socket.socket() as beside, suppress(OSError, OverflowError):
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            beside.bind(("127.0.0.1", port + 1))
            return port
