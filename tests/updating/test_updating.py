"""Updates beside running servers, as the operations guide describes them: real processes, real requests, invented migrations."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from select import select
from typing import Any

import pytest
from sqlalchemy import text

from cms.core.db import db
from cms.core.permissions import Role
from config import PROJECT_ROOT
from tests.cli.servers import WEB_THREADS, environment_of, prepare, running
from tests.conftest import second_app
from tests.database import own_database
from tests.factories import add_published_post
from tests.people import People
from tests.updating.load import WRITERS, ask, load
from tests.updating.releases import NEWEST, command, migrate, number, release

pytestmark = pytest.mark.slow
# Tokens name the address of the server.
LONGEST_SECONDS = 300
COMMON = {"PUBLIC_URL": "http://localhost", "WEB_WORKERS": "2"}


@dataclass(frozen=True)
class Installation:
    """A migrated database in use, its settings, and who reads and writes."""

    instance: Path
    settings: dict[str, str]
    key: str
    token: str

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection to the database that may write."""
        with (
            second_app({**environment_of(self.instance, **self.settings)}) as app,
            app.app_context(),
            db.engine.connect().execution_options(writes=True) as connection,
        ):
            yield connection


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Made once and started by nobody; each test works on a copy."""
    folder = tmp_path_factory.mktemp("installed")
    with own_database(folder, "installed") as url:
        yield _installed(folder, {**COMMON, "DATABASE_URL": url})


@pytest.fixture
def installation(installed: Installation, tmp_path: Path) -> Iterator[Installation]:
    instance = shutil.copytree(installed.instance, tmp_path / "instance")
    with own_database(tmp_path, "updating", installed.settings["DATABASE_URL"]) as url:
        yield replace(installed, instance=instance, settings={**COMMON, "DATABASE_URL": url})


def _installed(instance: Path, settings: dict[str, str]) -> Installation:
    prepare(instance, **settings)
    with second_app({**environment_of(instance, **settings)}) as app:
        people = People(app, app.test_client())
        author = people.person(Role.AUTHOR, "dpu")
        site = people.website()
        for n in range(8):
            add_published_post(app, title=f"Jalan nomor {n}")
    return Installation(instance, settings, site.token, author.token)


def started(installation: Installation, folder: Path) -> subprocess.Popen[str]:
    """`init` of the release that has these migrations, at work."""
    return subprocess.Popen(
        command(folder),
        cwd=PROJECT_ROOT,
        env=environment_of(installation.instance, **installation.settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def readiness(port: int) -> tuple[int, dict[str, Any], dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body), dict(answer.headers)


@pytest.mark.parametrize(("writers", "told", "steps"), [(WRITERS, {201}, 3), (WEB_THREADS, {201, 503}, 1)])
def test_a_loaded_server_goes_on_while_compatible_migrations_run(
    installation: Installation, tmp_path: Path, writers: int, told: set[int], steps: int
) -> None:
    """With as many writers as threads some may be asked to come again; readers never are."""
    releases = [release(tmp_path / f"release-{n}", *["compatible"] * n) for n in range(1, steps + 1)]
    with (
        running(installation.instance, "serve", "--worker", **installation.settings) as (_process, port),
        load(port, installation.key, installation.token, writers=writers) as seen,
    ):
        seen.wait_for(reads=30, writes=10)
        for folder in releases:
            done = migrate(installation.instance, folder, **installation.settings)
            assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
            seen.wait_for(reads=30, writes=10)
        time.sleep(6)  # the last result of /readyz is kept for five seconds
        status, body, _headers = readiness(port)

    assert (set(seen.reads), seen.broken) == ({200}, [])
    assert 201 in seen.writes
    assert set(seen.writes) <= told
    assert all("retry-after" in refusal for refusal in seen.refusals)
    assert (status, body["status"]) == (200, "ok")
    with installation.connection() as connection:
        version, oldest = connection.execute(
            text("SELECT version_num, oldest FROM alembic_version, schema_state")
        ).one()
        assert (version, oldest <= NEWEST) == (number(steps), True)
        kept = set(connection.scalars(text("SELECT id FROM items WHERE mood_1 IS NULL")))
    assert set(seen.written) - kept == set()


def test_before_a_migration_that_stops_init_says_so_and_readers_are_told_to_come_again(
    installation: Installation, tmp_path: Path
) -> None:
    folder = release(tmp_path / "next", "stops", up="    time.sleep(2)\n")
    with (
        running(installation.instance, "serve", **installation.settings) as (_process, port),
        load(port, installation.key, installation.token, writers=1) as seen,
    ):
        seen.wait_for(reads=20, writes=5)
        done = migrate(installation.instance, folder, **installation.settings)
        seen.wait_for(reads=20, writes=5)
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        after = [ask(connection, "GET", path, installation.key) for path in ("/v1/posts?limit=5", "/v1/whoami")]
        health = ask(connection, "GET", "/healthz", None)
        connection.close()

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Migration {number(1)} stops running servers: readers get 503 with Retry-After" in done.stdout
    assert set(seen.reads) == {200, 503}
    # A refusal that comes before the body was read may end the connection of whoever is still sending.
    assert [line for line in seen.broken if line.startswith("read")] == []
    assert set(seen.writes) == {201, 503}
    assert {refusal["retry-after"] for refusal in seen.refusals} == {"10"}
    assert {refusal["content-type"] for refusal in seen.refusals} == {"application/problem+json"}
    # The code from before is not let near the database any more, until it is updated.
    assert [(status, body["code"]) for status, body, _headers in after] == [(503, "updating")] * 2
    assert health[0] == 200


def test_commands_that_migrate_take_turns_and_say_so(installation: Installation, tmp_path: Path) -> None:
    may_end = tmp_path / "may-end"
    up = f"    from pathlib import Path\n    while not Path({str(may_end)!r}).exists():\n        time.sleep(0.05)\n"
    folder = release(tmp_path / "next", "compatible", up=up)
    both = [started(installation, folder) for _ in range(2)]
    says_so = select([process.stdout for process in both], [], [], LONGEST_SECONDS)[0]
    first_words = [output.readline() for output in says_so]
    may_end.touch()
    told = [process.communicate(timeout=LONGEST_SECONDS) for process in both]

    assert [process.returncode for process in both] == [0, 0], told
    assert first_words == ["Another command migrates this database; waiting for it ...\n"]


def test_init_waits_for_its_turn_to_write_and_says_so(installation: Installation, tmp_path: Path) -> None:
    folder = release(tmp_path / "next", "compatible")
    with installation.connection() as connection:
        connection.execute(text("UPDATE items SET version = version"))
        process = started(installation, folder)
        assert process.stdout is not None
        told = process.stdout.readline()
        connection.rollback()
        _out, error = process.communicate(timeout=LONGEST_SECONDS)

    assert (process.returncode, error) == (0, "")
    assert told == "Running servers are at work; waiting for the turn to write ...\n"
