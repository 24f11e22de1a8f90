"""Processes beside the web server, forked by its main process: the worker, and the process in which requests wait."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Final

from prometheus_client import Counter

from cms.cli.orphans import end_with_parent
from cms.core import clock
from cms.core.logging import get_logger

log = get_logger(__name__)

SHORT_GRACE_SECONDS: Final = 2
CRASH_SECONDS: Final = 5.5
"""A process that was started again and ends within this time ends the server, as Granian does with web processes."""


@dataclass(slots=True)
class ProcessBeside:
    """A process that does `run`. When it dies it is started again; when it dies again at once, or ends on purpose, the server stops, so
    that the failure is noticed.

    The main loop watches it, not a thread: locks that a thread holds during a fork stay locked in the new process.
    """

    kind: str
    run: Callable[[], None]
    when_forked: Callable[[], None]
    respawns: Counter
    greeting: Callable[[], None] | None = None
    failed: bool = False
    _process: BaseProcess | None = None
    _stopping: bool = False
    _respawned_at: float | None = None

    def start(self) -> None:
        """Fork it."""
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._be_it, name=f"simpul-{self.kind}")
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

    def _be_it(self) -> None:
        end_with_parent()
        self.when_forked()
        if self.greeting is not None:
            threading.Thread(target=self.greeting, name="greeting", daemon=True).start()
        self.run()

    def look(self) -> None:
        """Start it again when it has died; stop the server when that does not help."""
        if self._process is None or self._stopping or self._process.is_alive():
            return
        exit_code, now = self._process.exitcode, clock.monotonic()
        event = self.kind + "_ended"
        log.error(event, pid=self._process.pid, exit_code=exit_code)
        is_crashing = self._respawned_at is not None and now - self._respawned_at < CRASH_SECONDS
        if exit_code == 0 or is_crashing:
            self._stopping, self.failed = True, exit_code != 0
            why = f"died twice within {CRASH_SECONDS} seconds" if is_crashing else "ended without an error"
            log.error("server_stops", reason=f"the {self.kind} process {why}")
            os.kill(os.getpid(), signal.SIGTERM)
            return
        self.respawns.inc()
        self._respawned_at, self.greeting = now, None
        self.start()
