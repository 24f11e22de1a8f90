"""Backups of an installation whose files lie in S3, with their bytes and without, and what lies where after a restore."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.core.runtime import runtime
from config import PROJECT_ROOT
from tests.cli.restorable import cms, installation, use_packaged_programs, with_file
from tests.conftest import second_app
from tests.core.storages import incoming_file, new_bucket, s3_server
from tests.documents.samples import PDF
from tests.documents.uploads import digest
from tests.factories import add_city, add_image
from tests.people import Caller, People
from tests.waiting.receivers import KEYS

IMAGE: Final = bytes(range(256)) * 20_000
LARGEST_FILE_KIB: Final = 4_096


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@dataclass(frozen=True)
class InBucket:
    """An installation with a document's file and an image of some megabytes in S3."""

    app: Flask
    settings: dict[str, str]
    file: str
    site: str


@pytest.fixture
def source(
    environment: dict[str, str], migrated_database: str, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InBucket]:
    use_packaged_programs(monkeypatch)
    settings = {"STORAGE_URL": new_bucket(endpoint), **KEYS}
    with installation(environment, tmp_path / "source", migrated_database, **settings) as app:
        add_city(app)
        people = People(app, app.test_client())
        _document, file = with_file(app, people.person(Role.CENTRAL_EDITOR))
        add_image(app, sha256=digest(IMAGE), bytes=len(IMAGE))
        with app.app_context():
            storage = runtime().storage
            storage.put(incoming_file(storage.incoming, IMAGE), digest(IMAGE))
        yield InBucket(app, settings, file, people.website().token)


def delete(app: Flask, content: bytes) -> None:
    with app.app_context():
        runtime().storage.delete(digest(content))


def bytes_in(app: Flask, content: bytes) -> bytes:
    with app.app_context():
        return b"".join(runtime().storage.open(digest(content)))


@pytest.mark.parametrize("target", ["s3", "folder"])
def test_files_come_from_the_bucket_and_go_into_an_empty_one_or_a_folder(
    source: InBucket, environment: dict[str, str], endpoint: str, tmp_path: Path, target: str
) -> None:
    backup = tmp_path / "backup"
    made = cms(source.app, "backup", str(backup))
    assert made.exit_code == 0, made.output
    assert "2 of 2 files" in made.output
    assert "STORAGE_SECRET_KEY" in made.output
    kept = {path.name for path in (backup / "files").glob("??/??/*")}
    assert kept == {digest(PDF), digest(IMAGE)}
    place = {"STORAGE_URL": new_bucket(endpoint), **KEYS} if target == "s3" else {}

    with installation(environment, tmp_path / "target", **place) as app:
        restored = cms(app, "restore", str(backup))

        assert restored.exit_code == 0, restored.output
        assert "bytes of all files" in restored.output
        assert Caller(app.test_client(), source.site).get(source.file).data == PDF
        assert bytes_in(app, IMAGE) == IMAGE
        # It is one storage that agrees with its database, and can be backed up again.
        again = cms(app, "backup", str(tmp_path / "again"))
        assert (again.exit_code, "2 of 2 files" in again.output) == (0, True), again.output


def test_a_backup_without_files_belongs_to_the_bucket_that_has_them(
    source: InBucket, environment: dict[str, str], endpoint: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    made = cms(source.app, "backup", str(backup), "--files", "none")
    assert (made.exit_code, "no files" in made.output) == (0, True), made.output
    assert not (backup / "files").exists()

    with installation(environment, tmp_path / "target", **source.settings) as app:
        restored = cms(app, "restore", str(backup))
        assert (restored.exit_code, "2 must lie in the storage" in restored.output) == (0, True), restored.output
        assert Caller(app.test_client(), source.site).get(source.file).data == PDF

    other = {**source.settings, "STORAGE_URL": new_bucket(endpoint)}
    with installation(environment, tmp_path / "empty", **other) as app:
        named = cms(app, "restore", str(backup))
        assert named.exit_code == 1
        assert {digest(PDF), digest(IMAGE)} <= set(named.output.split()), named.output


def test_what_the_bucket_lacks_is_named_by_the_backup_and_the_rest_is_in_it(source: InBucket, tmp_path: Path) -> None:
    delete(source.app, PDF)

    made = cms(source.app, "backup", str(tmp_path / "backup"))

    assert (made.exit_code, digest(PDF) in made.output, digest(IMAGE) in made.output) == (1, True, False), made.output
    assert {path.name for path in (tmp_path / "backup" / "files").glob("??/??/*")} == {digest(IMAGE)}


def test_what_the_backup_lacks_is_named_unless_the_bucket_has_it_and_needs_a_word_to_go_on(
    source: InBucket, environment: dict[str, str], endpoint: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    assert cms(source.app, "backup", str(backup)).exit_code == 0
    next(backup.rglob(digest(PDF))).unlink()
    refused = cms(source.app, "restore", str(backup), "--replace")
    assert (refused.exit_code, "Nothing was changed" in refused.output) == (1, True), refused.output
    assert cms(source.app, "restore", str(backup), "--replace", "--despite-damage").exit_code == 0
    delete(source.app, PDF)

    named = cms(source.app, "restore", str(backup), "--replace", "--despite-damage")

    assert (named.exit_code, digest(PDF) in named.output) == (1, True), named.output


@pytest.mark.parametrize("words", [("backup",), ("restore", "--replace")], ids=lambda words: words[0])
def test_a_bucket_that_does_not_answer_is_told_as_such_and_no_file_as_lost(
    source: InBucket, environment: dict[str, str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    backup = tmp_path / "backup"
    assert cms(source.app, "backup", str(backup)).exit_code == 0
    silent = {**environment, **source.settings, "STORAGE_URL": "s3://x/files?endpoint=http://127.0.0.1:9"}
    silent |= {"INSTANCE_PATH": str(tmp_path / "source"), "DATABASE_URL": source.app.config["SQLALCHEMY_DATABASE_URI"]}
    with second_app(silent) as app:
        given = [words[0], str(backup if words[0] == "restore" else tmp_path / "other"), *words[1:]]

        told = cms(app, *given)

    assert told.exit_code == 1
    assert told.output.splitlines()[-1].startswith("Error: "), told.output
    assert digest(PDF) not in told.output


def test_a_folder_that_takes_no_more_is_told_as_such_and_no_file_as_lost(
    source: InBucket, environment: dict[str, str], tmp_path: Path
) -> None:
    """A limit on the size of files stands in for a full disk: the copy of the database fits, the image does not."""
    backup = tmp_path / "backup"
    words = ["bash", "-c", f'ulimit -f {LARGEST_FILE_KIB} && exec "$@"', "-", sys.executable, "-m", "cms", "backup"]

    told = subprocess.run(
        [*words, str(backup)],
        check=False,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            **environment,
            **source.settings,
            "INSTANCE_PATH": str(tmp_path / "source"),
            "DATABASE_URL": source.app.config["SQLALCHEMY_DATABASE_URI"],
        },
    )

    assert told.returncode == 1, told.stderr
    assert f"{backup / 'files' / 'incoming'} cannot be written: File too large." in told.stderr
    assert digest(IMAGE) not in told.stderr
    assert not (backup / "manifest.json").exists()
