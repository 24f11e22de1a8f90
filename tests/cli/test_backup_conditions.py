"""What a backup needs, and what those who watch and those who clean up learn of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms.changes.log import read_after
from cms.changes.signing import make_signing_key
from cms.core import clock
from cms.core.db import db
from cms.core.permissions import Role
from cms.core.runtime import runtime
from cms.documents.tasks import sweep_orphans
from cms.health.services import BACKUP, Run, note_runs
from cms.health.state import background_state, is_backup_under_way
from tests.cli.restorable import cms, installation, use_packaged_programs, with_file
from tests.documents.samples import PDF
from tests.documents.uploads import digest
from tests.factories import add_city, add_document
from tests.people import People

POSTS, DOCUMENTS = "/manage/v1/posts", "/manage/v1/documents"
WRITERS = 2


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    use_packaged_programs(monkeypatch)


@pytest.fixture
def source(environment: dict[str, str], migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a city."""
    with installation(environment, tmp_path / "source", migrated_database) as app:
        add_city(app)
        yield app


def test_a_backup_without_files_needs_them_in_the_storage(source: Flask, tmp_path: Path) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    with_file(source, editor)
    assert cms(source, "backup", str(tmp_path / "backup"), "--files", "none").exit_code == 0
    assert not (tmp_path / "backup" / "files").exists()
    assert cms(source, "restore", str(tmp_path / "backup"), "--replace").exit_code == 0
    with source.app_context():
        runtime().storage.delete(digest(PDF))

    done = cms(source, "restore", str(tmp_path / "backup"), "--replace")

    assert (done.exit_code, digest(PDF) in done.output) == (1, True)


@pytest.mark.parametrize("below", [".", "backup", "incoming/x", "a/../backup", "link"])
def test_a_backup_into_the_storage_that_it_copies_is_refused(source: Flask, tmp_path: Path, below: str) -> None:
    with source.app_context():
        folder = Path(runtime().storage.folder)
    (tmp_path / "link").symlink_to(folder)
    to = tmp_path / "link" / "x" if below == "link" else folder / below
    before = sorted(folder.rglob("*"))

    made = cms(source, "backup", str(to))

    assert (made.exit_code, "inside the file storage" in made.output) == (1, True)
    assert sorted(folder.rglob("*")) == before


def test_a_lost_file_makes_a_backup_fail_and_is_named(source: Flask, tmp_path: Path) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    with_file(source, editor)
    with source.app_context():
        runtime().storage.delete(digest(PDF))

    made = cms(source, "backup", str(tmp_path / "backup"))

    assert (made.exit_code, digest(PDF) in made.output) == (1, True)
    with source.app_context():
        assert background_state().succeeded_at(BACKUP) is None


def test_a_backup_that_failed_leaves_nothing_and_its_folder_can_be_used_again(
    source: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_file(source, People(source, source.test_client()).person(Role.CENTRAL_EDITOR))
    usage, asked = shutil.disk_usage(tmp_path), []

    def filled_by_the_database(path: Path) -> Any:
        asked.append(path)
        return usage._replace(free=usage.free if len(asked) == 1 else 1_000_000)

    monkeypatch.setattr(shutil, "disk_usage", filled_by_the_database)
    failed = cms(source, "backup", str(tmp_path / "backup"))
    assert (failed.exit_code, len(asked), list((tmp_path / "backup").iterdir())) == (1, 2, [])
    monkeypatch.undo()
    use_packaged_programs(monkeypatch)

    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0


def test_the_time_of_a_backup_is_kept_for_those_who_watch(source: Flask, tmp_path: Path) -> None:
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    with source.app_context():
        made_at = background_state().succeeded_at(BACKUP)
        assert made_at is not None
        assert clock.now() - made_at < timedelta(minutes=5)
        assert not is_backup_under_way()
    refused = cms(source, "backup", str(tmp_path / "backup"))
    assert (refused.exit_code, "not empty" in refused.output) == (1, True)


def test_nothing_is_begun_where_there_is_no_room(
    source: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))

    refused = cms(source, "backup", str(tmp_path / "backup"))

    assert (refused.exit_code, "Too little room" in refused.output) == (1, True)
    assert list((tmp_path / "backup").iterdir()) == []


def test_the_sweeper_waits_while_a_backup_runs_and_not_for_ever(source: Flask, tmp_path: Path) -> None:
    with source.app_context():
        storage = runtime().storage
        orphan = tmp_path / "orphan"
        orphan.write_bytes(b"nobody names this")
        storage.put(orphan, digest(b"nobody names this"))
        with clock.frozen(clock.now()) as advance:
            advance(timedelta(days=2))
            note_runs([Run(BACKUP, clock.now(), None)])
            assert sweep_orphans(is_backup_under_way) == 0
            assert storage.exists(digest(b"nobody names this"))
            advance(timedelta(minutes=16))
            assert sweep_orphans(is_backup_under_way) == 1, "a backup that was killed holds nobody up"


@pytest.mark.only_on("postgresql", reason="SQLite needs no program")
@pytest.mark.parametrize(
    ("said", "told"), [(None, "is missing"), ("pg_dump (PostgreSQL) 9.6.1", "too old for the server")]
)
def test_a_program_that_is_missing_or_too_old_is_told_in_a_sentence(
    source: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, told: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    if said is not None:
        (programs / "pg_dump").write_text(f"#!/bin/sh\necho '{said}'\n")
        (programs / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", os.fspath(programs) + (f"{os.pathsep}/bin" if said else ""))

    refused = cms(source, "backup", str(tmp_path / "backup"))

    assert (refused.exit_code, told in refused.output) == (1, True), refused.output
    assert "postgresql-client-" in refused.output


def test_an_epoch_is_renewed_by_hand(source: Flask) -> None:
    site = People(source, source.test_client()).website()
    before: dict[str, Any] = dict(site.get("/v1/posts").headers)

    done = cms(source, "epoch", "renew", "--reason", "snapshot of Monday")

    assert done.exit_code == 0, done.output
    assert site.get("/v1/posts").headers["Content-Epoch"] != before["Content-Epoch"]
    with source.app_context():
        line = read_after(0, 100_000)[-1]
        assert (line.action, line.facts["cause"]) == ("installation.renewed", {"kind": "restore"})
        db.session.rollback()


def test_a_checkpoint_of_what_a_restore_has_undone_is_told_as_restored(source: Flask, tmp_path: Path) -> None:
    """Whether the log has come as far again or not: exit code 1, and the line of the restore is named."""
    with source.app_context():
        make_signing_key(runtime().settings)
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    assert cms(source, "audit", "checkpoint", "--out", str(before)).exit_code == 0
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    add_document(source)
    add_document(source)
    assert cms(source, "audit", "checkpoint", "--out", str(after)).exit_code == 0
    assert cms(source, "audit", "verify", "--checkpoint", str(after)).exit_code == 0

    assert cms(source, "restore", str(tmp_path / "backup"), "--replace").exit_code == 0

    with source.app_context():
        line = read_after(0, 100_000)[-1].sequence
    for _more in range(2):
        assert cms(source, "audit", "verify", "--checkpoint", str(before)).exit_code == 0
        told = cms(source, "audit", "verify", "--checkpoint", str(after))
        assert (told.exit_code, f"restored: line {line} of the log" in told.output) == (1, True), told.output
        for _ in range(3):
            add_document(source)
    assert cms(source, "audit", "checkpoint", "--out", str(tmp_path / "new.json")).exit_code == 0
    assert cms(source, "audit", "verify", "--checkpoint", str(tmp_path / "new.json")).exit_code == 0


@pytest.mark.only_on(
    "sqlite", reason="--into tries a backup of SQLite; with PostgreSQL the settings name another place"
)
def test_a_backup_is_tried_in_a_folder_of_its_own_without_touching_what_the_settings_name(
    source: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    with_file(source, People(source, source.test_client()).person(Role.CENTRAL_EDITOR))
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    live = {**environment, "INSTANCE_PATH": str(tmp_path / "live"), "STORAGE_URL": f"file://{tmp_path / 'files'}"}
    words = [
        sys.executable,
        "-m",
        "cms",
        "restore",
        str(tmp_path / "backup"),
        "--into",
        str(tmp_path / "new" / "drill"),
    ]

    done = subprocess.run(words, env={**os.environ, **live}, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr
    assert "The bytes of all files that readers can fetch are whole." in done.stdout
    drill = tmp_path / "new" / "drill"
    assert (drill / "simpul.db").is_file()
    assert [path.name for path in (drill / "files").rglob(digest(PDF))] == [digest(PDF)]
    assert not (tmp_path / "live").exists()
    assert not (tmp_path / "files").exists()
