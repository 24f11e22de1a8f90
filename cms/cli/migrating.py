"""Migrations beside running servers: one command at a time, with retries while locks are held, and 503 for readers where needed.

`init` and `downgrade` always migrate this way. A step is one transaction, so a retry is safe.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from cms.core import clock
from cms.core.database_errors import domain_error
from cms.core.db import db
from cms.core.errors import Unavailable
from cms.core.schema_state import LOOK_SECONDS, Schema, SchemaState, newest_migration, read_schema
from config import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "migrations"
ADVISORY_LOCK = 7_305_418_402
LONGEST_WAIT_SECONDS, TRY_AGAIN_SECONDS = 600.0, 0.5
# All processes have looked (LOOK_SECONDS), and nearly all their requests have ended; any other one makes
# the step wait for its locks.
CLOSING_SECONDS = LOOK_SECONDS + 2.0
CLOSE = text("UPDATE schema_state SET closed_for = :step")
Result = TypeVar("Result")


def is_current(migrations: Path = MIGRATIONS) -> bool:
    """True when the database is on the newest migration and open."""
    schema = _schema()
    return schema is not None and schema.version == newest_migration(str(migrations)) and schema.closed_for is None


def migrate_database(migrations: Path = MIGRATIONS) -> bool:
    """Bring the database to the newest migration; False when it was there already. Ends the command when it cannot."""
    if is_current(migrations):
        return False
    with _turn():
        # The command before this one may have done it.
        if is_current(migrations):
            return False
        schema, newest = _schema(), newest_migration(str(migrations))
        if schema is not None and schema.version > newest:
            raise click.ClickException(
                f"The database is on migration {schema.version}; this code ends at {newest}. Nothing was changed."
            )
        stopping = schema is not None and _first_stopping(migrations, schema.version)
        with _closed(stopping or None, schema):
            patiently(partial(upgrade, directory=str(migrations)))
    return True


def downgrade_database(revision: str, migrations: Path = MIGRATIONS) -> None:
    """Take the steps after `revision` back. Servers that know those steps answer 503 from now on."""
    with _turn():
        schema = _schema()
        known = {script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()}
        if schema is None or revision not in known or revision >= schema.version:
            at = "none" if schema is None else schema.version
            raise click.ClickException(f"The database is on migration {at}: there is no way down to {revision}.")
        with _closed(revision, schema):
            patiently(partial(downgrade, directory=str(migrations), revision=revision))


def patiently(work: Callable[[], Result]) -> Result:
    """Run a step, and retry while the database is busy; says so once. Ends the command after LONGEST_WAIT_SECONDS."""
    for has_told in _tries("The database is busy"):
        try:
            return work()
        except (SQLAlchemyError, Unavailable) as error:
            cause = domain_error(error) if isinstance(error, SQLAlchemyError) else error
            if not isinstance(cause, Unavailable) or cause.code != "busy":
                raise
        if not has_told:
            click.echo("Running servers are at work; waiting for the turn to write ...")
    raise AssertionError


def _tries(complaint: str) -> Iterator[bool]:
    """Yields False, then True at intervals; ends the command when the time is over."""
    end = clock.monotonic() + LONGEST_WAIT_SECONDS
    yield False
    while clock.monotonic() < end:
        time.sleep(TRY_AGAIN_SECONDS)
        yield True
    minutes = int(LONGEST_WAIT_SECONDS // 60)
    raise click.ClickException(
        f"{complaint} for {minutes} minutes already. Nothing half-done was left; try again later."
    )


def _schema() -> Schema | None:
    try:
        return read_schema()
    except (SQLAlchemyError, Unavailable):
        return None


def _first_stopping(migrations: Path, version: str) -> str | None:
    """The first step after `version` that stops running servers."""
    scripts = ScriptDirectory(str(migrations)).walk_revisions()
    found = [script.revision for script in scripts if script.module.running_servers == "stops"]
    return min((revision for revision in found if revision > version), default=None)


@contextmanager
def _closed(step: str | None, schema: Schema | None) -> Iterator[None]:
    """Keep servers at 503 while a step runs that stops them. Also opens a database that a killed command left closed."""
    if step is None or schema is None:
        yield
        if schema is not None and schema.closed_for is not None:
            _close(None)
        return
    click.echo(
        f"Migration {step} stops running servers: readers get 503 with Retry-After from now on, until the step is done "
        "and the servers are updated."
    )
    _close(step)
    try:
        time.sleep(CLOSING_SECONDS)
        yield
    finally:
        _close(None)


def _close(step: str | None) -> None:
    """Note the step for which the database is closed. A downgrade to before this table removes the note, too."""
    if not inspect(db.engine).has_table(SchemaState.__tablename__):
        return

    def write() -> None:
        with db.engine.execution_options(writes=True).begin() as connection:
            connection.execute(CLOSE, {"step": step})

    patiently(write)


@contextmanager
def _turn() -> Iterator[None]:
    """One migrating command at a time, over all nodes; the others wait and say so."""
    _reach_database()
    with ExitStack() as held:
        take = partial(_file_lock, held) if db.engine.dialect.name == "sqlite" else partial(_advisory_lock, held)
        for has_told in _tries("Another command migrates this database"):
            if take():
                break
            if not has_told:
                click.echo("Another command migrates this database; waiting for it ...")
        yield


def _file_lock(held: ExitStack) -> bool:
    """A lock on a file beside the database, until that file is closed."""
    with ExitStack() as opened:
        file = opened.enter_context(Path(f"{db.engine.url.database}.lock").open("w"))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        held.push(opened.pop_all())
    return True


def _advisory_lock(held: ExitStack) -> bool:
    """A lock that PostgreSQL keeps for a connection, until that is closed."""
    with ExitStack() as opened:
        # No transaction stays open while this command works.
        connection = opened.enter_context(db.engine.execution_options(isolation_level="AUTOCOMMIT").connect())
        opened.callback(connection.invalidate)
        taken = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}))
        if taken:
            held.push(opened.pop_all())
    return taken


def _reach_database() -> None:
    """Connect first: a database that is down or whose folder cannot be written is not an error of a migration."""
    try:
        with db.engine.connect():
            pass
    except (Unavailable, OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error.__cause__
        reason = str(cause or "no reason was given").partition("\n")[0]
        raise click.ClickException(f"The database does not answer: {reason}") from None
