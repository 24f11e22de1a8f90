"""Servers under measurement: start, wait until they answer, processor time, memory, stop."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from bench.load import PROJECT_ROOT, server_core

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.005


class ServerError(RuntimeError):
    """A server did not start or ended too early; the message holds what it printed."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a server's processes in bytes; `pss` counts shared pages once (equals `rss` where it is unknown)."""

    rss: int
    pss: int
    processes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server, read outside of any measurement."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, None when it is missing."""
        return next((value for found, value in self.headers if found.lower() == name), None)


class Server:
    """A running server: the process that was started and all its children."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, started_in: float) -> None:
        self._process = process
        self.address = (HOST, port)
        self.started_in = started_in

    def processes(self) -> list[psutil.Process]:
        """The main process and everything it started."""
        main = psutil.Process(self._process.pid)
        return [main, *main.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """Processor time of all processes so far, user and system."""
        return sum(cpu_seconds(process) for process in self.processes())

    def memory(self) -> Memory:
        """Memory of all processes now."""
        found = [process.memory_full_info() for process in self.processes()]
        return Memory(
            rss=sum(each.rss for each in found),
            pss=sum(getattr(each, "pss", each.rss) for each in found),
            processes=len(found),
        )

    def own_memory(self) -> int:
        """Bytes that belong to no file: pages of a database that is mapped into memory are the system's to take back. All of it where
        the system does not tell.
        """
        found = [_anonymous(process.pid) for process in self.processes()]
        return self.memory().pss if None in found else sum(each or 0 for each in found)

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", body: bytes = b""
    ) -> Answer:
        """Send one request on a connection of its own."""
        return ask(self.address[1], path, headers, method, body)


def ask(
    port: int, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", body: bytes = b""
) -> Answer:
    """Send one request to a server of this machine."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request(method, path, body or None, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


def _anonymous(pid: int) -> int | None:
    """Memory of a process that belongs to no file, in bytes; None where Linux does not tell."""
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    lines = rollup.read_text().splitlines() if rollup.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:")), None)


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time of one process so far; 0 when it is gone."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


@contextmanager
def serving(target: str, *, threads: int, environment: Mapping[str, str], ready_path: str) -> Iterator[Server]:
    """Serve a WSGI application (`module:attribute`) with one web process on the server's core."""
    port = free_port()
    core = server_core()
    place = "any" if core is None else str(core)
    command = [sys.executable, "-m", "bench.serve", target, str(port), str(threads), place]
    with running(command, port=port, environment=environment, ready_path=ready_path) as server:
        yield server


@contextmanager
def running(command: Sequence[str], *, port: int, environment: Mapping[str, str], ready_path: str) -> Iterator[Server]:
    """Run any command that serves on `port`; stops it and all it started. Raises `ServerError`."""
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(command),
            cwd=PROJECT_ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(process, port, ready_path, log)
            yield Server(process, port, time.perf_counter() - began)
        finally:
            _stop(process)


def free_port() -> int:
    """A port that nobody uses now, nor the one after it, where a server has its streams."""
    while True:
        with socket.socket() as probe, socket.socket() as beside, suppress(OSError, OverflowError):
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
            beside.bind((HOST, port + 1))
            return port


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, path: str, log: IO[bytes]) -> None:
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            break
        try:
            answer = ask(port, path)
        except OSError:
            time.sleep(POLL_SECONDS)
            continue
        if answer.status < 500:
            return
        raise ServerError(f"{path} answered {answer.status}: {answer.body[:500]!r}\n{_printed(log)}")
    raise ServerError(f"the server did not start (exit code {process.poll()}):\n{_printed(log)}")


def _printed(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read()[-4000:].decode(errors="replace")


def _stop(process: subprocess.Popen[bytes]) -> None:
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for left in family:
        if left.is_running():
            left.kill()


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
