"""What must work before this server can do its job; `/readyz` and `doctor` ask the same questions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.errors import Unavailable
from cms.core.reading import Reader
from cms.core.runtime import Runtime

STORAGE_PROBE = "0" * 64
KEPT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one question: its name, whether all is well, and one sentence for people."""

    name: str
    ok: bool
    text: str


def check_database(reader: Reader) -> Check:
    """Does the database answer?"""
    try:
        reader.rows("SELECT 1", {})
    except (Unavailable, SQLAlchemyError):
        return Check("database", False, "The database does not answer.")
    return Check("database", True, "The database answers.")


def check_migrations(migrations: Path) -> Check:
    """Is the database on the newest migration of this code?"""
    wanted = newest_migration(str(migrations))
    try:
        found = stored_migration()
    except SQLAlchemyError:
        found = None
    if found == wanted:
        return Check("migrations", True, f"The database is on migration {wanted}.")
    return Check(
        "migrations",
        False,
        f"The database is on migration {found or 'none'}, this code needs {wanted}: python -m cms init",
    )


def check_storage(runtime: Runtime) -> Check:
    """Does the file storage answer?"""
    try:
        runtime.storage.exists(STORAGE_PROBE)
    except (OSError, Unavailable):
        return Check("storage", False, "The file storage does not answer.")
    return Check("storage", True, "The file storage answers.")


@cache
def newest_migration(folder: str) -> str | None:
    """The newest migration that this code has."""
    return ScriptDirectory(folder).get_current_head()


def stored_migration() -> str | None:
    """The migration that the database is on. Raises `SQLAlchemyError` when it has none at all."""
    with rolled_back():
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


class KeptChecks:
    """Runs the checks at most once in KEPT_SECONDS, so that nobody can load the database by asking (R-H5)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checks: list[Check] = []
        self._until = 0.0

    def results(self, run: Callable[[], list[Check]]) -> list[Check]:
        """The results of now or of a moment ago."""
        with self._lock:
            if clock.monotonic() >= self._until:
                self._checks = run()
                self._until = clock.monotonic() + KEPT_SECONDS
            return self._checks

    def forget(self) -> None:
        """Ask again at the next call."""
        self._until = 0.0
