"""Drive a server with prepared requests and measure: wrk when it is on PATH, else our own driver (bench.driver).

Both run in a process of their own on the driver's core. `driver_share` says how busy that core was with the driver
alone: from 0.95 on the driver, not the server, may have been the limit.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.wire import write_frames

SATURATED = 0.95
WRK_SCRIPT = Path(__file__).with_name("wrk.lua")
PROJECT_ROOT = Path(__file__).resolve().parent.parent
# Read before anything is pinned. Empty on systems that cannot pin (macOS, Windows).
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What one run of the driver measured; `bytes` counts headers and bodies of all answers."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int
    bytes: int
    driver_share: float
    tool: str

    @property
    def requests_per_second(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def is_driver_saturated(self) -> bool:
        """True when the driver used up its core: the server could have done more."""
        return self.driver_share >= SATURATED


class LoadError(RuntimeError):
    """The driver failed; the message is what it printed."""


def drive(
    address: tuple[str, int],
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    first: int = 0,
    once: bool = False,
) -> LoadResult:
    """Send `requests` in turn, beginning with number `first`, over keep-alive connections for `seconds`.

    `once` ends the run when each was sent once (writes that cannot be repeated); wrk cannot do that, so our own driver
    takes it. Raises `LoadError`.
    """
    program = None if once else shutil.which("wrk")
    with tempfile.NamedTemporaryFile(suffix=".frames") as file:
        frames = Path(file.name)
        write_frames(frames, requests)
        if program is not None:
            return _run_wrk(program, address, frames, connections=connections, seconds=seconds, first=first)
        job = {"connections": connections, "seconds": seconds, "first": first, "once": once, "frames": file.name}
        return _run_own(address, job)


def _run_own(address: tuple[str, int], job: dict[str, Any]) -> LoadResult:
    job = {**job, "host": address[0], "port": address[1]}
    printed = _output_of([sys.executable, "-m", "bench.driver", json.dumps(job)])
    figures = json.loads(printed)
    figures.pop("statuses")
    return LoadResult(**figures, tool="bench.driver")


def _run_wrk(
    program: str, address: tuple[str, int], frames: Path, *, connections: int, seconds: float, first: int
) -> LoadResult:
    # wrk takes whole seconds only.
    duration = f"--duration={max(1, round(seconds))}s"
    arguments = ["--threads=1", f"--connections={connections}", duration, f"--script={WRK_SCRIPT}"]
    url = f"http://{address[0]}:{address[1]}/"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    printed = _output_of([program, *arguments, url, "--", str(frames), str(first)])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = json.loads(printed.rpartition("JSON ")[2])
    return LoadResult(**figures, driver_share=busy / figures["seconds"], tool="wrk")


def _output_of(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT_ROOT)
    if done.returncode:
        raise LoadError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def driver_core() -> int | None:
    """The core for the driver: the last one. None where processes cannot be pinned or there is only one core."""
    return CORES[-1] if len(CORES) > 1 else None


def server_core() -> int | None:
    """The core for the server and its database: the first one. None as for `driver_core`."""
    return CORES[0] if len(CORES) > 1 else None


def pin_to(core: int | None) -> None:
    """Bind this process, and what it starts from now on, to one core; does nothing for None."""
    if core is not None:
        os.sched_setaffinity(0, {core})


@contextmanager
def unpinned() -> Iterator[None]:
    """Start processes on all cores for a while."""
    if not CORES:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
