"""Web server and worker as processes: one Granian configuration for `run` and for production.

The application is loaded once and the processes are forked from it, so that they share its memory. When the main process ends,
even by SIGKILL, the others end too.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket  # noqa: TID251 - of our own server
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import click
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from cms.application import create_app
from cms.cli.listening import ListeningServer
from cms.cli.orphans import end_with_parent
from cms.cli.slow_senders import SlowSenders
from cms.core import clock
from cms.core.collection import keep_for_good
from cms.core.db import db
from cms.core.logging import get_logger
from cms.core.metrics import PROCESSES, WEB_RESPAWNS, WORKER_RESPAWNS, share
from cms.health.readiness import begin_checks
from cms.worker import run_worker, start_web_tasks
from config import Settings

log = get_logger(__name__)

# How long requests under way may take when the server stops: in production the longest upload should finish (M-18),
# with `run` there is no wait. A signal in the first milliseconds of a web process can be lost, which then costs this time.
GRACE_SECONDS, SHORT_GRACE_SECONDS = 20, 2
HEADER_MILLISECONDS = 10_000
SIGNAL_LOOK_SECONDS = 0.2
CRASH_SECONDS = 5.5
"""A worker that was started again and ends within this time ends the server, as Granian does with web processes."""
LOOK_SECONDS, MOST_LOOKS = 0.02, 1_500
KEEP_GRANIAN_LOGS = {
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "level": "INFO", "propagate": True},
    }
}

_loaded: dict[Settings, Flask] = {}


@dataclass(frozen=True, slots=True)
class WebApplication:
    """Gives a web process its application: the inherited one, or a new one where processes are not forked."""

    settings: Settings

    def __call__(self) -> Flask:
        """The application of this process; called once, in it."""
        end_with_parent()
        PROCESSES.labels("web").set(1)
        app = _loaded.get(self.settings) or create_app(self.settings)
        start_web_tasks(app)
        _share_limits(app, self.settings)
        begin_checks(app)
        SlowSenders(app.extensions["simpul"]).begin()
        return app


def _share_limits(app: Flask, settings: Settings) -> None:
    """Share what readers have used with the other web processes, where there is a Redis."""
    if settings.redis_url:
        sharing: Any = import_module("cms.core.shared_limits")
        sharing.start_sharing(settings, app.extensions["simpul_delivery"].limits.untold)


class MainLoopEvent:
    """The event that the main thread of the server waits for; a signal handler may set it at any moment. Meanwhile `look` is called
    again and again.

    The system may give a signal to any thread of a process: when SIGTERM comes together with the SIGCHLD of a worker that was
    stopped and goes on, it goes to a thread that waits for a web process. Python runs handlers on the main thread only, and only
    while it executes code: hence short sleeps instead of an endless wait. `threading.Event` also takes a lock in
    `set`, which a handler waits for in vain when it has interrupted the same thread.
    """

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        self._is_set = False
        self._is_stopping = is_stopping
        self.look: Callable[[], None] = lambda: None

    def set(self) -> None:
        """Something has happened."""
        self._is_set = True

    def clear(self) -> None:
        """Clear the event; a request to stop stays."""
        self._is_set = False

    def wait(self) -> None:
        """Return when something has happened, or the server is to stop."""
        while not (self._is_set or self._is_stopping()):
            time.sleep(SIGNAL_LOOK_SECONDS)
            if not self._is_stopping():
                self.look()


class WebServer(ListeningServer):
    """Granian's main process; it receives every signal, and logs and counts web processes that end by themselves."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.main_loop_interrupt = MainLoopEvent(lambda: self.interrupt_signal)  # type: ignore[assignment]

    def watch(self, look: Callable[[], None]) -> None:
        """Call `look` several times a second, on the main thread."""
        self.main_loop_interrupt.look = look  # type: ignore[attr-defined]

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        for index in workers:
            ended = self.wrks[index].inner
            # With SIGHUP they are replaced while they run.
            if not ended.is_alive():
                log.error("web_process_ended", pid=ended.pid, exit_code=ended.exitcode)
                WEB_RESPAWNS.inc()
        super()._respawn_workers(workers, spawn_target, target_loader, delay)


@dataclass(slots=True)
class WorkerProcess:
    """The background worker beside the web server. When it dies it is started again; when it dies again at once, or ends on purpose, the
    server stops, so that the failure is noticed.

    The main loop watches it, not a thread: locks that a thread holds during a fork stay locked in the new process.
    """

    app: Flask
    when_forked: Callable[[], None]
    greeting: Callable[[], None] | None = None
    failed: bool = False
    _process: BaseProcess | None = None
    _stopping: bool = False
    _respawned_at: float | None = None

    def start(self) -> None:
        """Fork it."""
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._be_worker, name="simpul-worker")
        self._process.start()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self._stopping = True
        if self._process is None:
            return
        self._process.terminate()
        self._process.join(SHORT_GRACE_SECONDS)
        if self._process.is_alive():
            self._process.kill()

    def _be_worker(self) -> None:
        end_with_parent()
        self.when_forked()
        if self.greeting is not None:
            threading.Thread(target=self.greeting, name="greeting", daemon=True).start()
        run_worker(self.app)

    def look(self) -> None:
        """Start it again when it has died; stop the server when that does not help."""
        if self._process is None or self._stopping or self._process.is_alive():
            return
        exit_code, now = self._process.exitcode, clock.monotonic()
        log.error("worker_ended", pid=self._process.pid, exit_code=exit_code)
        is_crashing = self._respawned_at is not None and now - self._respawned_at < CRASH_SECONDS
        if exit_code == 0 or is_crashing:
            self._stopping, self.failed = True, exit_code != 0
            why = f"died twice within {CRASH_SECONDS} seconds" if is_crashing else "ended without an error"
            log.error("server_stops", reason=f"the worker {why}")
            os.kill(os.getpid(), signal.SIGTERM)
            return
        WORKER_RESPAWNS.inc()
        self._respawned_at, self.greeting = now, None
        self.start()


def serve(
    app: Flask,
    settings: Settings,
    *,
    with_worker: bool,
    grace_seconds: int = GRACE_SECONDS,
    when_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. The worker calls `when_ready` once the web server takes connections."""
    ensure_port_is_free(settings.host, settings.port)
    server = web_server(settings, grace_seconds)
    greeting = partial(_await_port, settings, when_ready) if when_ready is not None else None
    worker = WorkerProcess(app, server.leave_socket, greeting) if with_worker else None
    if worker is not None:
        server.on_startup(worker.start)
        server.watch(worker.look)
        server.on_shutdown(worker.stop)
    share(Path(settings.instance_path))
    PROCESSES.labels("main").set(1)
    _share_memory(app, settings)
    server.serve(target_loader=WebApplication(settings), wrap_loader=False)
    if worker is not None and worker.failed:
        sys.exit(1)


def web_server(settings: Settings, grace_seconds: int) -> WebServer:
    """The web server as it is everywhere: HTTP/1, few threads, JSON log lines, workers replaced when they fail."""
    return WebServer(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        blocking_threads_idle_timeout=settings.web_thread_idle_seconds,
        runtime_threads=1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        workers_kill_timeout=grace_seconds,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=KEEP_GRANIAN_LOGS,
        log_access=settings.access_log,
    )


def ensure_port_is_free(host: str, port: int) -> None:
    """End the command when another process listens there: Granian would share the port silently."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one: make run PORT={port + 1}"
            ) from None


def _share_memory(app: Flask, settings: Settings) -> None:
    """Make this process fit to be forked: no open connections, no objects that the garbage collector would touch."""
    with app.app_context():
        app.extensions["simpul"].reader.close_connections()
        db.session.remove()
        db.engine.dispose()
    _loaded[settings] = app
    keep_for_good()


def _await_port(settings: Settings, when_ready: Callable[[], None]) -> None:
    """Call `when_ready` once the web server takes connections."""
    waiting = threading.Event()
    for _ in range(MOST_LOOKS):
        try:
            socket.create_connection((settings.host, settings.port), timeout=1).close()
        except OSError:
            waiting.wait(LOOK_SECONDS)
        else:
            when_ready()
            return
