"""What the drivers report, as errors of the domain: busy, full, lost, or a value that another row has already."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import pysqlite3
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from cms.core.errors import Conflict, Unavailable
from cms.core.logging import get_logger
from cms.core.postgres import broken_off_answer

log = get_logger(__name__)

_BUSY_WORDS = ("database is locked", "database table is locked")
_BUSY_STATES = {"55P03", "40001", "40P01", "57014"}
_FULL_WORDS = ("disk is full", "database or disk is full")
# The disk itself reports a fault (or a quota): freeing space does not help.
_FAULTY_WORDS = ("disk i/o error",)
_FULL_STATES = {"53100", "53200"}
_LOST_WORDS = ("unable to open database", "readonly database")
# Connection exceptions, and an operator's intervention such as a shutdown.
_LOST_CLASSES = {"08", "57"}


def domain_error(error: SQLAlchemyError, duplicates: Mapping[str, str] | None = None) -> Exception:
    """Translate what the driver reports into an error of the domain, or give it back unchanged."""
    if isinstance(error, PoolTimeout):
        return Unavailable("busy", headers={"Retry-After": "1"})
    if not isinstance(error, DBAPIError):
        return error
    if isinstance(error, IntegrityError):
        name = violated_unique_constraint(error)
        return error if name is None else Conflict("duplicate", field=(duplicates or {}).get(name, name))
    return broken_off_answer(error) or _unavailable(error) or error


def _unavailable(error: DBAPIError) -> Unavailable | None:
    """Errors that come from the state of the database: a lock held by another writer, its disk, or an outage."""
    if error.orig is not None and (passing := busy_or_full_answer(error.orig)) is not None:
        return passing
    if error.orig is not None and is_fault_of_disk(error.orig):
        return Unavailable("database_unavailable", headers={"Retry-After": "5"})
    if is_connection_lost(error):
        return Unavailable("database_unavailable", headers={"Retry-After": "5"})
    return None


def busy_or_full_answer(error: BaseException) -> Unavailable | None:
    """The answer to a driver's error that leaves its connection as good as before: a lock that is not given, time that is up, a full disk."""
    text, state = str(error).lower(), getattr(error, "sqlstate", None)
    if state in _BUSY_STATES or any(words in text for words in _BUSY_WORDS):
        return Unavailable("busy", headers={"Retry-After": "1"})
    if state in _FULL_STATES or any(words in text for words in _FULL_WORDS):
        return Unavailable("storage_full", headers={"Retry-After": "60"})
    return None


def is_fault_of_disk(error: BaseException) -> bool:
    """True when the disk of SQLite reports a fault, which is logged."""
    is_faulty = any(words in str(error).lower() for words in _FAULTY_WORDS)
    if is_faulty:
        log.error("disk_of_database_failed", reason=str(error), code=getattr(error, "sqlite_errorname", None))
    return is_faulty


def is_fault_of_statement(error: BaseException) -> bool:
    """True for an error of SQLite's that no other connection would mend: the driver calls a missing table `OperationalError` too."""
    if not isinstance(error, pysqlite3.OperationalError):
        return False
    is_of_file = any(words in str(error).lower() for words in (*_FAULTY_WORDS, *_LOST_WORDS))
    return not is_of_file


def is_connection_lost(error: DBAPIError) -> bool:
    """True when there is no database at the other end: not there, gone away, shutting down, or no file to open."""
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (state or "")[:2] in _LOST_CLASSES:
        return True
    if isinstance(error.orig, psycopg.OperationalError):
        # Errors of libpq itself carry no SQLSTATE.
        return state is None
    return any(words in str(error.orig).lower() for words in _LOST_WORDS)


def violated_unique_constraint(error: IntegrityError) -> str | None:
    """Name of the unique constraint or index that was hit, on both databases; None for another kind of violation."""
    if getattr(error.orig, "sqlstate", None) == "23505":
        return str(error.orig.diag.constraint_name)  # type: ignore[union-attr]
    marker = "UNIQUE constraint failed: "
    text = str(error.orig)
    if marker not in text:
        return None
    columns = [part.strip() for part in text.split(marker, 1)[1].split(",")]
    table = columns[0].split(".")[0]
    return f"uq_{table}_" + "_".join(column.split(".")[1] for column in columns)
