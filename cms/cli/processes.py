"""Web server and worker as processes: one Granian configuration for `run` and for production.

The application is loaded once and the processes are forked from it, so that they share its memory. When the main process ends,
even by SIGKILL, the others end too.
"""

from __future__ import annotations

import socket  # noqa: TID251 - of our own server
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from cms.application import create_app
from cms.cli.beside import ProcessBeside
from cms.cli.listening import ListeningServer
from cms.cli.orphans import end_with_parent
from cms.cli.slow_senders import SlowSenders
from cms.core.collection import keep_for_good
from cms.core.db import db
from cms.core.logging import get_logger
from cms.core.metrics import PROCESSES, STREAMS_RESPAWNS, WEB_RESPAWNS, WORKER_RESPAWNS, share
from cms.health.readiness import begin_checks
from cms.streams.process import be_streams, share_limits
from cms.worker import run_worker, start_web_tasks
from config import Settings, port_after

log = get_logger(__name__)

# How long requests under way may take when the server stops: in production the longest upload should finish (M-18),
# with `run` there is no wait. A signal in the first milliseconds of a web process can be lost, which then costs this time.
GRACE_SECONDS = 20
HEADER_MILLISECONDS = 10_000
SIGNAL_LOOK_SECONDS = 0.2
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
        share_limits(app, self.settings)
        begin_checks(app)
        SlowSenders(app.extensions["simpul"]).begin()
        return app


class MainLoopEvent:
    """The event that the main thread of the server waits for; a signal handler may set it at any moment. Meanwhile the processes beside it are
    looked after.

    The system may give a signal to any thread of a process: when SIGTERM comes together with the SIGCHLD of a worker that was
    stopped and goes on, it goes to a thread that waits for a web process. Python runs handlers on the main thread only, and only
    while it executes code: hence short sleeps instead of an endless wait. `threading.Event` also takes a lock in
    `set`, which a handler waits for in vain when it has interrupted the same thread.
    """

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        self._is_set = False
        self._is_stopping = is_stopping
        self.beside: Sequence[ProcessBeside] = ()

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
                for each in self.beside:
                    each.look()


class WebServer(ListeningServer):
    """Granian's main process; it receives every signal, and logs and counts web processes that end by themselves."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.main_loop_interrupt = MainLoopEvent(lambda: self.interrupt_signal)  # type: ignore[assignment]

    def watch(self, beside: Sequence[ProcessBeside]) -> None:
        """Look after these processes several times a second, on the main thread."""
        self.main_loop_interrupt.beside = beside  # type: ignore[attr-defined]

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        for index in workers:
            ended = self.wrks[index].inner
            # With SIGHUP they are replaced while they run.
            if not ended.is_alive():
                log.error("web_process_ended", pid=ended.pid, exit_code=ended.exitcode)
                WEB_RESPAWNS.inc()
        super()._respawn_workers(workers, spawn_target, target_loader, delay)


def serve(
    app: Flask,
    settings: Settings,
    *,
    with_worker: bool,
    with_streams: bool = False,
    grace_seconds: int = GRACE_SECONDS,
    when_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. The worker calls `when_ready` once the web server takes connections."""
    ensure_port_is_free(settings.host, settings.port)
    server = web_server(settings, grace_seconds)
    beside: list[ProcessBeside] = []
    if with_worker:
        greeting = partial(_await_port, settings, when_ready) if when_ready is not None else None
        run = partial(run_worker, app)
        beside.append(ProcessBeside("worker", run, server.leave_socket, WORKER_RESPAWNS, greeting))
    if with_streams and settings.streams_most:
        ensure_port_is_free(settings.host, settings.streams_port, "STREAMS_PORT")
        beside.append(ProcessBeside("streams", partial(be_streams, app), server.leave_socket, STREAMS_RESPAWNS))
    for each in beside:
        server.on_startup(each.start)
        server.on_shutdown(each.stop)
    server.watch(beside)
    share(Path(settings.instance_path))
    PROCESSES.labels("main").set(1)
    _share_memory(app, settings)
    server.serve(target_loader=WebApplication(settings), wrap_loader=False)
    if any(each.failed for each in beside):
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


def ensure_port_is_free(host: str, port: int, name: str = "PORT") -> None:
    """End the command when another process listens there: Granian would share the port silently. `name` is the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one: make run {name}={port_after(port)}"
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
