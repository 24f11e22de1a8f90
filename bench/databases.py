"""Empty databases to measure on: an embedded SQLite file, and a durable PostgreSQL pinned to the server's core."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

from bench.load import server_core
from bench.server import cpu_seconds
from tests.postgres_server import DURABLE_SETTINGS, running_server, scratch_database

# Enough for 100,000 posts to stay in memory, as a server for one city would have.
POSTGRES_SETTINGS = {**DURABLE_SETTINGS, "shared_buffers": "512MB", "max_wal_size": "4GB"}
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Database:
    """A database under measurement: the environment that selects it, and its own processor time in seconds so far."""

    kind: str
    environment: dict[str, str]
    cpu_seconds: Callable[[], float]


@contextmanager
def fresh_database(kind: str) -> Iterator[Database]:
    """An empty database and an instance folder beside it, both removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="simpul-bench-") as folder:
        # Nobody publishes as fast as a benchmark: the breakers would pause it.
        breakers = {"BREAKER_PERSON": "0", "BREAKER_AGENCY_PERCENT": "0"}
        # Limits are counted as always, and never reached.
        limits = {"DELIVERY_PER_MINUTE": "100000000"}
        environment = {
            "INSTANCE_PATH": folder, "STORAGE_URL": f"file://{folder}/files", "LOG_LEVEL": "WARNING", **breakers, **limits,
        }  # fmt: skip
        if kind == "sqlite":
            url = f"sqlite:///{Path(folder) / 'simpul.db'}"
            yield Database(kind, {**environment, "DATABASE_URL": url}, lambda: 0.0)
            return
        with running_server(POSTGRES_SETTINGS) as server_url, scratch_database(server_url, "bench") as url:
            postmaster = _postmaster(url)
            _pin(postmaster)
            yield Database(kind, {**environment, "DATABASE_URL": url}, lambda: _family_cpu_seconds(postmaster))


def _postmaster(url: str) -> psutil.Process | None:
    """The main process of the PostgreSQL server; None when it runs on another machine."""
    given = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(given) as connection:
        backend = connection.info.backend_pid
        try:
            return psutil.Process(backend).parent()
        except psutil.NoSuchProcess:
            return None


def _pin(postmaster: psutil.Process | None) -> None:
    """Bind the database to the core of the web server: on a second one it would add that core to the result."""
    core = server_core()
    if postmaster is None or core is None:
        return
    for process in [postmaster, *postmaster.children(recursive=True)]:
        # A helper of the server may have ended since it was listed.
        with suppress(psutil.NoSuchProcess):
            process.cpu_affinity([core])


def _family_cpu_seconds(postmaster: psutil.Process | None) -> float:
    if postmaster is None:
        return 0.0
    return sum(cpu_seconds(process) for process in [postmaster, *postmaster.children(recursive=True)])
