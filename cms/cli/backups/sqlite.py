"""Copies of an SQLite database by its backup interface: one state, whatever is written meanwhile."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pysqlite3
from sqlalchemy import Engine

from cms.core.engines import SQLITE_BUSY_MILLISECONDS


def copy(engine: Engine, target: Path) -> None:
    """Write the database to a new file, in one step: writers go on, and none makes the copy begin again."""
    _copy(Path(str(engine.url.database)), target)


def restore(engine: Engine, source: Path) -> None:
    """Replace everything in the database by the copy, inside its file: processes that have it open see the copy."""
    target = Path(str(engine.url.database))
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(source, target)


def has_tables(engine: Engine) -> bool:
    """True when the database is not empty."""
    path = Path(str(engine.url.database))
    if not path.exists() or not path.stat().st_size:
        return False
    with closing(_opened(path, "ro")) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def size(engine: Engine) -> int:
    """Bytes that the database takes."""
    path = Path(str(engine.url.database))
    return path.stat().st_size if path.exists() else 0


def _copy(source: Path, target: Path) -> None:
    with closing(_opened(source, "rw")) as origin, closing(_opened(target, "rwc")) as destination:
        origin.backup(destination)
    target.chmod(0o600)


def _opened(path: Path, mode: str) -> pysqlite3.Connection:
    return pysqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=SQLITE_BUSY_MILLISECONDS / 1_000
    )
