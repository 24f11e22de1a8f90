"""Copies of a PostgreSQL database, by its own programs `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
from sqlalchemy import Connection, Engine, text

_VERSION = re.compile(r"\(PostgreSQL\) ([0-9]+)")


def dump(connection: Connection, target: Path) -> None:
    """Write the state that this transaction sees (REPEATABLE READ) to `target`; writers go on meanwhile."""
    program = _program("pg_dump", connection)
    # This transaction has nothing to do while the program works, and must not end before it.
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    _run(
        [
            program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}",
        ],
        connection.engine,
    )  # fmt: skip


def restore(engine: Engine, source: Path) -> None:
    """Replace everything in the database by the copy, in one transaction."""
    with engine.connect() as connection:
        program = _program("pg_restore", connection)
    listed = _run([program, "--list", str(source)], engine)
    if " TABLE public change_head " not in listed:
        raise click.ClickException(f"{source} is no copy of a database of Simpul.")
    with engine.begin() as connection:
        connection.execute(text("SET lock_timeout = '60s'"))
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    _run(
        [
            program, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            f"--dbname={engine.url.database}", str(source),
        ],
        engine,
    )  # fmt: skip


def has_tables(connection: Connection) -> bool:
    """True when the database is not empty."""
    return bool(connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")))


def size(connection: Connection) -> int:
    """Bytes that the database takes; a copy takes less."""
    return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _program(name: str, connection: Connection) -> str:
    """The path of a program that is not older than the server. Ends the command when there is none."""
    server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    advice = f"install the package postgresql-client-{server} and see that its programs come first in PATH"
    path = shutil.which(name)
    if path is None:
        raise click.ClickException(f"{name} is missing: {advice}.")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - as found
    found = _VERSION.search(said)
    if found is None or int(found[1]) < server:
        version = found[1] if found else "of an unknown version"
        raise click.ClickException(f"{name} {version} is too old for the server {server}: {advice}.")
    return path


def _run(words: list[str], engine: Engine) -> str:
    """Run a program on the database of the engine; the password goes by the environment, where other users cannot read it."""
    environment = {**os.environ, **_environment(engine)}  # noqa: TID251 - handed on to the program as it is
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - as found
    if done.returncode != 0:
        reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0]
        raise click.ClickException(f"{Path(words[0]).name} failed: {reason}")
    return done.stdout


def _environment(engine: Engine) -> dict[str, str]:
    url = engine.url
    host = url.host or url.query.get("host")
    known = {
        "PGHOST": host,
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGSSLROOTCERT": url.query.get("sslrootcert"),
    }
    return {name: str(value) for name, value in known.items() if value}
