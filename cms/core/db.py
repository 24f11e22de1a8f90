"""The database: base class, engines for SQLite and PostgreSQL, and the unit of work, the only place that commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
import pysqlite3
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, Table, event
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

from cms.core.errors import Conflict, Unavailable

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# WAL-reset corruption is fixed in these releases and later ones of the same line (security.md M-5).
SAFE_SQLITE_VERSIONS = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
SQLITE_BUSY_MILLISECONDS = 15_000
POSTGRES_OPTIONS = (
    "-c statement_timeout=10000 -c lock_timeout=8000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def table_of(model: type[Base]) -> Table:
    """The table of a model, for Core statements where loading objects would cost more than the statement."""
    return cast("Table", model.__table__)


session: scoped_session[Session] = db.session  # type: ignore[assignment]


def engine_options(database_url: str, pool_size: int) -> dict[str, Any]:
    """Options for the engine: pysqlite3 instead of the system's SQLite, bounded pools and time-outs."""
    if database_url.startswith("sqlite"):
        return {
            "module": pysqlite3,
            "connect_args": {"timeout": SQLITE_BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        }
    return {
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "pool_pre_ping": True,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": 5, "options": POSTGRES_OPTIONS},
    }


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """True when this SQLite release has the fix of the WAL-reset corruption bug."""
    return version >= SAFE_SQLITE_VERSIONS[0] or any(
        version[:2] == safe[:2] and version >= safe for safe in SAFE_SQLITE_VERSIONS[1:]
    )


def prepare_engine(engine: Engine) -> None:
    """Attach the connection set-up for the engine's database; called once per engine by `create_app`."""
    if engine.dialect.name != "sqlite":
        return
    if not sqlite_is_safe(pysqlite3.sqlite_version_info):
        raise RuntimeError(
            f"SQLite {pysqlite3.sqlite_version} can corrupt a WAL database; install pysqlite3 0.6.1 or newer"
        )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` says which kind.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    # A deferred begin that later writes fails under concurrent writers whatever the time-out (security.md M-4).
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


_BUSY_WORDS = ("database is locked", "database table is locked")
_BUSY_STATES = {"55P03", "40001", "40P01", "57014"}
_FULL_WORDS = ("disk is full", "disk i/o error", "database or disk is full")
_FULL_STATES = {"53100", "53200"}
_LOST_WORDS = ("unable to open database file", "readonly database")
# Connection exceptions, and an operator's intervention such as a shutdown.
_LOST_CLASSES = {"08", "57"}


class NestedUnitOfWork(RuntimeError):
    """A service opened a unit of work inside another one: a programming error."""


_sqlite_writer = threading.Lock()


@contextmanager
def _in_turn(current: Session) -> Iterator[None]:
    """Let the threads of this process write to SQLite one after the other, in the order they came.

    SQLite has one writer at a time. It makes the others sleep and look again, up to 100 ms apart and in no order: with
    eight clients most of the time passed asleep. Writers of other processes still meet in `BEGIN IMMEDIATE`.
    """
    if current.get_bind().dialect.name != "sqlite":
        yield
        return
    if not _sqlite_writer.acquire(timeout=SQLITE_BUSY_MILLISECONDS / 1000):
        raise Unavailable("busy", headers={"Retry-After": "1"})
    try:
        yield
    finally:
        _sqlite_writer.release()


class UnitOfWork:
    """One write: what is added here is committed together or not at all."""

    def __init__(self, current: Session) -> None:
        self.session = current
        self.state: dict[str, Any] = {}
        self._before_commit: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []

    def add(self, *objects: Any) -> None:
        """Add new rows."""
        self.session.add_all(objects)

    def before_commit(self, step: Callable[[], None]) -> None:
        """Run `step` last inside the transaction, after everything else was flushed."""
        self._before_commit.append(step)

    def after_commit(self, step: Callable[[], None]) -> None:
        """Run `step` after the commit; its loss must do no harm."""
        self._after_commit.append(step)

    def finish(self) -> None:
        """Flush, run the last steps, commit; called by `unit_of_work` alone."""
        self.session.flush()
        for step in self._before_commit:
            step()
        self.session.commit()
        self.session.info.pop("unit_of_work", None)
        for step in self._after_commit:
            step()


@contextmanager
def unit_of_work(duplicates: Mapping[str, str] | None = None) -> Iterator[UnitOfWork]:
    """Open the one transaction of a write; commits at the end, rolls back on any exception.

    `duplicates` maps the name of a unique constraint to the field it protects, for the error.
    Raises `Conflict("duplicate")` when a unique constraint is hit, `Unavailable` when the database stays busy.
    """
    current = session()
    if "unit_of_work" in current.info:
        raise NestedUnitOfWork
    current.rollback()
    with _in_turn(current):
        try:
            current.connection(execution_options={"writes": True})
            unit = UnitOfWork(current)
            current.info["unit_of_work"] = unit
            yield unit
            unit.finish()
        except SQLAlchemyError as error:
            current.rollback()
            raise domain_error(error, duplicates) from error
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info.pop("unit_of_work", None)


@contextmanager
def rolled_back() -> Iterator[None]:
    """End the read transaction of this context: what is read next is the newest state."""
    session().rollback()
    yield
    session().rollback()


def domain_error(error: SQLAlchemyError, duplicates: Mapping[str, str] | None = None) -> Exception:
    """Translate what the driver reports into an error of the domain, or give it back unchanged."""
    if isinstance(error, PoolTimeout):
        return Unavailable("busy", headers={"Retry-After": "1"})
    if not isinstance(error, DBAPIError):
        return error
    if isinstance(error, IntegrityError):
        name = violated_unique_constraint(error)
        return error if name is None else Conflict("duplicate", field=(duplicates or {}).get(name, name))
    text = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None)
    if state in _BUSY_STATES or any(words in text for words in _BUSY_WORDS):
        return Unavailable("busy", headers={"Retry-After": "1"})
    if state in _FULL_STATES or any(words in text for words in _FULL_WORDS):
        return Unavailable("storage_full", headers={"Retry-After": "60"})
    if is_connection_lost(error):
        return Unavailable("database_unavailable", headers={"Retry-After": "5"})
    return error


def is_connection_lost(error: DBAPIError) -> bool:
    """True when there is no database at the other end: not there, gone away, shutting down, or no file to open."""
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (state or "")[:2] in _LOST_CLASSES:
        return True
    if isinstance(error.orig, psycopg.OperationalError):
        # What libpq itself reports carries no state.
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
