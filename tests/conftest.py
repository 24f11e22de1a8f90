"""What every test stands on: the real application on a real, migrated database, a frozen clock, people and keys.

`TEST_DATABASE` chooses `sqlite` (default) or `postgresql` (tests/database.py). Tables are emptied after every test. Never push an application
context around a request of `client`: the request would share the context's session.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection, Select, Table, event, exists, literal, select

from cms.application import create_app
from cms.changes.seen_positions import FILE_NAME as POSITIONS
from cms.changes.services import note_moment
from cms.changes.trust import accepting_clock
from cms.core import clock
from cms.core.db import Base, db
from config import Settings
from tests.changes.tampering import unguarded
from tests.cli.servers import prepare
from tests.contract import Contract, ContractClient
from tests.database import open_door, own_database, pytest_addoption
from tests.examples.running_city import PreparedCity, prepared_city
from tests.factories import add_city
from tests.not_run import NotRun
from tests.people import People

__all__ = ["pytest_addoption"]

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
IN_MEMORY, NEEDED_BYTES = Path("/dev/shm"), 2 * 2**30  # noqa: S108 - pytest makes a folder for this user in it
# The lowest cost that the settings accept: hashing is not what most tests are about.
CHEAP_PASSWORDS = {"PASSWORD_MEMORY_KIB": "19456", "PASSWORD_TIME_COST": "2", "PASSWORD_LANES": "1"}


def pytest_configure(config: pytest.Config) -> None:
    _keep_files_in_memory()
    config.pluginmanager.register(NotRun(config, open_door(config)))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for servers, locks and clocks. More of them make each other wait too long."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: the garbage collection need not look through them again and again."""
    gc.collect()
    gc.freeze()


def _keep_files_in_memory() -> None:
    """Databases and files of tests lie in memory where a machine has room for it: no test is about a loss of power."""
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > NEEDED_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database for this test process."""
    with own_database(tmp_path_factory.mktemp("database"), os.environ.get("PYTEST_XDIST_WORKER", "main")) as url:
        yield url


@pytest.fixture(scope="session")
def environment(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment variables of the server under test; give them to processes that a test starts."""
    return {
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
        "SECRET_KEY": "only-for-tests-" * 4,
        "PUBLIC_URL": "http://localhost",
        "LOG_LEVEL": "ERROR",
        # Some tests are crowds of threads, which would wait for a connection for seconds.
        "DATABASE_POOL_SIZE": "25",
        "WEB_THREADS": "25",
        # Tests publish more in one frozen moment than people do; tests/moderation sets its own limits.
        "BREAKER_PERSON": "0",
        "BREAKER_AGENCY_PERCENT": "0",
        "BREAKER_TAKING_BACK": "0",
        **CHEAP_PASSWORDS,
    }


@pytest.fixture(scope="session")
def migrated_app(environment: dict[str, str]) -> Iterator[Flask]:
    """The application on a migrated database, once per test process."""
    app = create_app(Settings.from_environ(environment))
    app.config["TESTING"] = True
    # Errors that we did not expect must fail the test, not become an answer.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.extensions["contract"] = Contract(app)
    app.test_client_class = ContractClient
    with app.app_context():
        upgrade()
        app.extensions["simpul"].storage.mark("tests")
        _KEPT_ROWS.update(_rows_of_migrations())
    gc.freeze()
    yield app
    _close(app)


@pytest.fixture(scope="session")
def migrated_database(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a migrated database that nobody uses: tests that need one of their own take a copy of it."""
    with own_database(tmp_path_factory.mktemp("migrated"), "migrated") as url:
        with second_app({**environment, "DATABASE_URL": url}) as app, app.app_context():
            upgrade()
        yield url


@pytest.fixture
def app(migrated_app: Flask, moment: Callable[[timedelta], None]) -> Iterator[Flask]:
    """The application with empty tables and a frozen clock."""
    yield migrated_app
    with migrated_app.app_context():
        empty_tables()
        migrated_app.extensions["simpul"].forget()
    # What a process of a test has seen of the log: a server that the next test starts would find its database behind it.
    (Path(migrated_app.instance_path) / POSITIONS).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def prepared_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with a migrated SQLite database that somebody uses, made once; tests that serve take a copy of it."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def loaded_city(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[PreparedCity]:
    """The demonstration city, loaded once; `database_url` starts PostgreSQL where it is under test."""
    with prepared_city(tmp_path_factory.mktemp("loaded")) as city:
        yield city


@pytest.fixture
def instance(prepared_instance: Path, tmp_path: Path) -> Path:
    """A copy of it, for this test alone."""
    return shutil.copytree(prepared_instance, tmp_path / "instance")


@pytest.fixture
def moment() -> Iterator[Callable[[timedelta], None]]:
    """Freezes the clock at NOW; call it with a timedelta to move on."""
    with clock.frozen(NOW) as advance:
        yield advance


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Sends requests without any token; every answer is held against the OpenAPI document."""
    return app.test_client()


@pytest.fixture
def people(app: Flask, client: FlaskClient) -> People:
    """Makes callers with a token: people of every role, and websites with a delivery key."""
    return People(app, client)


@pytest.fixture
def city(app: Flask) -> None:
    """The city's channel, the agencies `dpu` and `dishub`, areas, a category and an information kind."""
    add_city(app)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context, for tests that call services and queries and send no request."""
    with app.app_context():
        yield


@contextmanager
def second_app(environment: dict[str, str]) -> Iterator[Flask]:
    """Another application on the same database, with caches and connections of its own, as in another process."""
    app = create_app(Settings.from_environ(environment))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    app.extensions["contract"] = Contract(app)
    app.test_client_class = ContractClient
    yield app
    _close(app)


def _close(app: Flask) -> None:
    """Close every connection of this thread."""
    with app.app_context():
        app.extensions["simpul"].reader.close_connections()
        db.session.remove()
        db.engine.dispose()


def note_time(app: Flask) -> None:
    """Note that this moment has been, as every running process does hour by hour while a test leaps over weeks."""
    with app.app_context(), accepting_clock():
        note_moment()


@contextmanager
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """Collects every SQL statement but the transaction's own, of the session and of the reader of the hot path."""
    statements: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
            statements.append(statement)

    with ExitStack() as stack:
        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", executed)
        stack.callback(event.remove, engine, "before_cursor_execute", executed)
        reader = app.extensions["simpul"].reader
        reader.on_statement = statements.append
        stack.callback(setattr, reader, "on_statement", None)
        yield statements


_KEPT_ROWS: dict[str, list[dict[str, Any]]] = {}


def _rows_of_migrations() -> dict[str, list[dict[str, Any]]]:
    """What migrations themselves put into tables (the head row of the log)."""
    found = {}
    for table in tables():
        rows = [dict(row) for row in db.session.execute(table.select()).mappings()]
        if rows:
            found[table.name] = rows
    db.session.rollback()
    return found


def empty_tables() -> None:
    """Delete every row and put back what the migrations had put there."""
    with db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        filled = filled_tables(connection)
        with unguarded(connection):
            for table in reversed(filled):
                connection.execute(table.delete())
            if any(table.name == "search_entries" for table in filled):
                # They would go with the entries, by what `unguarded` takes away.
                connection.exec_driver_sql("DELETE FROM search_words")
            for table in tables():
                if table.name in _KEPT_ROWS:
                    connection.execute(table.insert(), _KEPT_ROWS[table.name])
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.commit()


@cache
def tables() -> list[Table]:
    """Every table, in the order of their references: sorting them costs a millisecond, and every test needs it."""
    return list(Base.metadata.sorted_tables)


def filled_tables(connection: Connection) -> list[Table]:
    """The tables that have rows, in the order of their references."""
    found = connection.execute(_rows_exist()).one()
    return [table for table, has_rows in zip(tables(), found, strict=True) if has_rows]


@cache
def _rows_exist() -> Select[Any]:
    """Whether each table has rows, asked by one statement: most tests fill few of them."""
    return select(*(exists(select(literal(1)).select_from(table)) for table in tables()))


SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
