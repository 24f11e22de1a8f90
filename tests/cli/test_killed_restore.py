"""A restore on PostgreSQL that is killed half-way is finished by running it again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from cms.core.db import db
from cms.core.permissions import Role
from config import PROJECT_ROOT
from tests.cli.restorable import cms, installation, use_packaged_programs, with_file
from tests.documents.samples import PDF
from tests.factories import add_city
from tests.people import Caller, People

pytestmark = pytest.mark.only_on("postgresql", reason="SQLite is restored in one transaction of its own, by no program")
# Listing what is in the copy is harmless; then the schema is dropped, then this is called again.
KILLED_BEFORE_LOADING = 'kill -9 "$PPID"; exit 1'
# The program goes on alone, and holds its locks while the restore is run again.
KILLED_WHILE_LOADING = 'kill -9 "$PPID"; exec "{program}" "$@"'


@pytest.fixture
def source(
    environment: dict[str, str], migrated_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    use_packaged_programs(monkeypatch)
    with installation(environment, tmp_path / "source", migrated_database) as app:
        add_city(app)
        yield app


def restore_and_be_killed(app: Flask, environment: dict[str, str], folder: Path, backup: Path, kill: str) -> int:
    """Run the command with a `pg_restore` that kills it; its exit code."""
    program = shutil.which("pg_restore")
    assert program is not None
    (folder / "bin").mkdir()
    killer = folder / "bin" / "pg_restore"
    killer.write_text(
        "#!/bin/sh\n"
        f'case "$1" in --list|--version) exec "{program}" "$@";; esac\n' + kill.replace("{program}", program) + "\n"
    )
    killer.chmod(0o755)
    given = {
        **environment,
        "INSTANCE_PATH": str(folder / "source"),
        "STORAGE_URL": f"file://{folder}/source/files",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "PATH": f"{killer.parent}{os.pathsep}{os.environ['PATH']}",
    }
    words = [sys.executable, "-m", "cms", "restore", str(backup), "--replace"]
    return subprocess.run(words, check=False, cwd=PROJECT_ROOT, env={**os.environ, **given}).returncode


@pytest.mark.parametrize("kill", [KILLED_BEFORE_LOADING, KILLED_WHILE_LOADING], ids=["before loading", "while loading"])
def test_running_it_again_finishes(source: Flask, environment: dict[str, str], tmp_path: Path, kill: str) -> None:
    people = People(source, source.test_client())
    _document, file = with_file(source, people.person(Role.CENTRAL_EDITOR))
    site = people.website()
    backup = tmp_path / "backup"
    assert cms(source, "backup", str(backup)).exit_code == 0
    with source.app_context():
        # An idle connection would hold what is dropped.
        db.engine.dispose()

    code = restore_and_be_killed(source, environment, tmp_path, backup, kill)

    assert code == -signal.SIGKILL
    if kill == KILLED_BEFORE_LOADING:
        with source.app_context(), db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
    again = cms(source, "restore", str(backup), "--replace")
    assert again.exit_code == 0, again.output
    assert "What readers get is what was published" in again.output
    assert Caller(source.test_client(), site.token).get(file).data == PDF
    proved = cms(source, "audit", "verify", "--content")
    assert proved.exit_code == 0, proved.output
