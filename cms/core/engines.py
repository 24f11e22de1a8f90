"""How SQLite and PostgreSQL are reached: pools, time-outs and the first statements of each connection."""

from __future__ import annotations

from functools import partial
from typing import Any

import pysqlite3
from sqlalchemy import Connection, Engine, event

from cms.core.bulkhead import PATIENCE_SECONDS, Bulkhead, Kind, Wait
from cms.core.libpq import ShortReadConnection
from cms.core.postgres import CONNECT_SECONDS, KEEPALIVE, OPTIONS, bounded_by

# WAL-reset corruption is fixed in these releases and later ones of the same line (M-5).
SAFE_SQLITE_VERSIONS = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
SQLITE_BUSY_MILLISECONDS = 15_000
_PATIENCE_MILLISECONDS = round(1_000 * PATIENCE_SECONDS)
_LOCKED = "database is locked"


SQLITE_MAPPED_BYTES = 2**30
"""Address space, not memory: the system caches the pages of the file with or without it."""


def engine_options(database_url: str, pool_size: int, threads: int) -> dict[str, Any]:
    """Options for the engine: pysqlite3 instead of the system's SQLite, bounded pools and time-outs.

    A thread holds at most two connections, one of them for good (`cms.core.reading`): with fewer, threads that have one would
    wait for each other. On SQLite a connection is an open file, so their number needs no bound beside that of the threads.
    Errors, and with them the logs, never carry the values of a statement: hashes, digests, names, texts of drafts (R-G1).
    """
    if database_url.startswith("sqlite"):
        return {
            "hide_parameters": True,
            "module": pysqlite3,
            "max_overflow": -1,
            "connect_args": {"timeout": SQLITE_BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        }
    return {
        "hide_parameters": True,
        "pool_size": pool_size,
        "max_overflow": max(pool_size, 2 * threads),
        "pool_pre_ping": True,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": CONNECT_SECONDS, "options": OPTIONS, **KEEPALIVE},
    }


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """True when this SQLite release has the fix of the WAL-reset corruption bug."""
    return version >= SAFE_SQLITE_VERSIONS[0] or any(
        version[:2] == safe[:2] and version >= safe for safe in SAFE_SQLITE_VERSIONS[1:]
    )


def prepare_engine(engine: Engine, bulkhead: Bulkhead) -> None:
    """Attach the connection set-up for the engine's database; called once per engine by `create_app`.

    Waits for locks and for a silent server ask `bulkhead` for a place.
    """
    if engine.dialect.name != "sqlite":
        _bound_waits(engine, bulkhead)
        return
    if not sqlite_is_safe(pysqlite3.sqlite_version_info):
        raise RuntimeError(
            f"SQLite {pysqlite3.sqlite_version} can corrupt a WAL database; install pysqlite3 0.6.1 or newer"
        )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, bulkhead))


def _bound_waits(engine: Engine, bulkhead: Bulkhead) -> None:
    connection_class = bounded_by(bulkhead, ShortReadConnection)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, cargs: Any, cparams: Any) -> Any:
        return connection_class.connect(*cargs, **cparams)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.connection.dbapi_connection.kind = Kind.WRITE if writes else Kind.READ  # type: ignore[union-attr]


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` says which kind.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        # Pages are read where the system keeps them anyway, instead of being copied by one system call each.
        f"mmap_size={SQLITE_MAPPED_BYTES}",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(bulkhead: Bulkhead, connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    # A deferred begin that later writes fails under concurrent writers whatever the time-out (M-4).
    if not _has_begun_writing(connection.connection.dbapi_connection, bulkhead):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _has_begun_writing(driver: Any, bulkhead: Bulkhead) -> bool:
    """Begin as soon as no other process writes; False when one does all the time. Raises `Unavailable` when no place is free."""
    waiting = Wait(bulkhead, Kind.WRITE)
    driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MILLISECONDS}")
    try:
        while waiting.seconds < SQLITE_BUSY_MILLISECONDS / 1_000:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except pysqlite3.OperationalError as error:
                if _LOCKED not in str(error):
                    return False
                waiting.go_on()
            else:
                return True
        return False
    finally:
        waiting.end()
        driver.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MILLISECONDS}")
