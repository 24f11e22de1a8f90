"""Checks of everything that this server needs; `/readyz` and `doctor` run the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cms.changes.seen_positions import seen_positions
from cms.core.errors import Unavailable
from cms.core.reading import Reader
from cms.core.runtime import Runtime
from cms.core.schema_state import newest_migration, read_schema

NO_MARK = (
    "The file storage has no marker: its disk is not mounted, or STORAGE_URL names another place. "
    "A new storage is set up by: python -m cms init"
)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check: its name, whether it passed, and one sentence for people."""

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
    """May this code use the database: is it on its newest migration, or on a later one that does not stop this code?"""
    wanted = newest_migration(str(migrations))
    try:
        schema = read_schema()
    except SQLAlchemyError:
        schema = None
    if schema is None:
        sentence = f"The database is on migration none, this code needs {wanted}: python -m cms init"
        return Check("migrations", False, sentence)
    fault = schema.fault(wanted)
    later = "" if schema.version == wanted else f", which code that ends at {wanted} can work with"
    return Check("migrations", fault is None, fault or f"The database is on migration {schema.version}{later}.")


def check_storage(runtime: Runtime) -> Check:
    """Does the file storage answer, and is it the one that `init` set up?"""
    try:
        identity = runtime.storage.identity()
    except (OSError, Unavailable):
        return Check("storage", False, "The file storage does not answer.")
    if identity is None:
        return Check("storage", False, NO_MARK)
    return Check("storage", True, "The file storage answers.")


def check_positions() -> Check:
    """Is the database at least where this node has seen it?"""
    try:
        trouble = seen_positions().look()
    except (Unavailable, SQLAlchemyError):
        return Check("positions", False, "The database does not answer.")
    return Check("positions", trouble is None, trouble or "The database goes on from where this node has seen it.")
