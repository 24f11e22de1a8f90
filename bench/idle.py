"""What `make run` costs at rest: memory of web server, worker and streams together, and the time from start to first answer."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.databases import Database
from bench.load import unpinned
from bench.report import Remarks, Row
from bench.server import Memory, Server, free_port, running

STARTS = 3
# The worker has imported everything and looked at the log by then.
SETTLE_SECONDS = 4.0
MEGABYTE = 2**20


def measure_idle(database: Database, items: int) -> list[tuple[Row, Remarks]]:
    """Start everything STARTS times on the loaded database: the fastest start counts; then let the last one settle."""
    times = []
    with unpinned():
        for _ in range(STARTS - 1):
            with whole_system(database) as server:
                times.append(server.started_in * 1000)
        with whole_system(database) as server:
            times.append(server.started_in * 1000)
            time.sleep(SETTLE_SECONDS)
            memory = server.memory()
    return [
        (Row("idle_memory", database.kind, items, bytes=memory.pss), Remarks(text=_described(memory))),
        (Row("start", database.kind, items, p50_ms=min(times)), Remarks(text=f"to first answer, best of {STARTS}")),
    ]


@contextmanager
def whole_system(database: Database) -> Iterator[Server]:
    """Web server and worker as `make run` starts them, without a core of their own."""
    port = free_port()
    command = [sys.executable, "-m", "cms", "run", "--port", str(port)]
    with running(command, port=port, environment=database.environment, ready_path="/healthz") as server:
        yield server


def _described(memory: Memory) -> str:
    rss, pss = memory.rss / MEGABYTE, memory.pss / MEGABYTE
    return f"PSS {pss:.0f} MB (RSS, shared pages counted several times: {rss:.0f} MB), {memory.processes} processes"
