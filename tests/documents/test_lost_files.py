"""Files that are gone, and a storage that is not the one that was set up, are noticed: by readers, by `/readyz`, by `doctor`."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import Unavailable
from cms.core.storage.blobs import MARKER, Storage
from cms.core.storage.local import storage_from_url
from cms.health.models import SharedSetting
from tests.core.storages import ACCESS_KEY, SECRET_KEY, incoming_file, marked, new_bucket, s3_server
from tests.documents.test_files_download import CONTENT, Published
from tests.documents.uploads import digest, fresh_storage, use_storage
from tests.people import People


@pytest.fixture(params=["local", "s3"])
def storage(
    request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Storage]:
    if request.param == "local":
        yield fresh_storage(app, monkeypatch, tmp_path)
        return
    with s3_server() as endpoint:
        url = new_bucket(endpoint)
        s3 = marked(storage_from_url(url, incoming=tmp_path / "in", access_key=ACCESS_KEY, secret_key=SECRET_KEY))
        use_storage(app, monkeypatch, s3)
        yield s3


@pytest.fixture
def published(storage: Storage, app: Flask, people: People, city: None) -> Published:
    found = Published(app, people)
    found.add()
    found.transition("publish")
    return found


@pytest.fixture(autouse=True)
def settings(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def run(app: Flask, *words: str) -> Result:
    # PostgreSQL's clock cannot be stopped.
    with clock.frozen(datetime.now(UTC)):
        return app.test_cli_runner().invoke(args=["cms", *words])


def test_a_lost_file_is_said_to_be_lost_not_to_come_later(published: Published, storage: Storage) -> None:
    storage.delete(digest(CONTENT))

    answer = published.get()

    assert (answer.status_code, answer.json["code"]) == (503, "file_lost")
    assert "Retry-After" not in answer.headers


def test_doctor_names_each_file_that_is_lost(app: Flask, published: Published, storage: Storage) -> None:
    assert "1 files are named, and all are in the storage." in run(app, "doctor", "--files").output
    storage.delete(digest(CONTENT))

    found = run(app, "doctor", "--files")

    assert found.exit_code == 1
    lines = [line for line in found.output.splitlines() if "is lost" in line]
    assert len(lines) == 1
    assert digest(CONTENT) in lines[0]


def test_doctor_compares_digests_when_it_is_told_to(app: Flask, published: Published, storage: Storage) -> None:
    storage.delete(digest(CONTENT))
    storage.put(incoming_file(storage.incoming, b"something else"), digest(CONTENT))

    assert "1 files are named, and all are in the storage." in run(app, "doctor", "--files").output
    found = run(app, "doctor", "--files", "--deep")
    assert (found.exit_code, f"The file {digest(CONTENT)} was damaged" in found.output) == (1, True), found.output


@pytest.mark.parametrize("is_mount_point", [True, False])
def test_nothing_is_written_below_a_disk_that_is_not_mounted(
    app: Flask, client: FlaskClient, people: People, city: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    is_mount_point: bool,
) -> None:  # fmt: skip
    storage = fresh_storage(app, monkeypatch, tmp_path)
    found = Published(app, people)
    shutil.rmtree(tmp_path / "files")
    if is_mount_point:
        (tmp_path / "files").mkdir()

    with pytest.raises(Unavailable, match="storage_unavailable"):
        storage.new_incoming()
    with pytest.raises(AssertionError, match="storage_unavailable"):
        found.add()
    with pytest.raises(Unavailable, match="storage_unavailable"):
        storage.put(incoming_file(tmp_path / "elsewhere", b"x"), digest(b"x"))
    assert [path.name for path in tmp_path.glob("files/**/*")] == []
    assert (tmp_path / "files").exists() is is_mount_point
    app.extensions["simpul_checks"].forget()
    assert "storage" in client.get("/readyz").json["detail"]
    doctor = run(app, "doctor")
    assert (doctor.exit_code, "The file storage has no marker" in doctor.output) == (1, True)


def test_init_marks_a_new_storage_and_never_again_by_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with app.app_context(), unit_of_work() as unit:
        unit.session.execute(delete(SharedSetting))
    storage = storage_from_url(f"file://{tmp_path}/files")
    use_storage(app, monkeypatch, storage)
    assert run(app, "init").exit_code == 0
    identity = storage.identity()
    assert identity is not None
    (tmp_path / "files" / MARKER).unlink()

    refused = run(app, "init")
    assert (refused.exit_code, "its disk is not mounted" in refused.output) == (1, True)
    assert storage.identity() is None

    assert run(app, "init", "--changed").exit_code == 0
    assert storage.identity() == identity


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"secret_key": "another-secret-" * 4}, "SECRET_KEY is not the one of the other nodes."),
        (
            {"public_url": "https://b.example", "environment": "production"},
            "PUBLIC_URL is https://b.example, on the other",
        ),
        ({"delivery_anonymous": ()}, "DELIVERY_ANONYMOUS is empty, on the other nodes it is alerts,feeds,go."),
        ({"delivery_anonymous": ("all",)}, "DELIVERY_ANONYMOUS is all, on the other"),
        ({}, "another file storage than the one of this database"),
    ],
)
def test_a_node_that_differs_does_not_start(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: dict[str, Any], sentence: str
) -> None:
    storage = fresh_storage(app, monkeypatch, tmp_path, environment="production", public_url="https://a.example")
    assert run(app, "init").exit_code == 0
    if not changed:
        storage.mark(secrets.token_hex(8))
    use_storage(app, monkeypatch, storage, **changed)

    for words in (["worker"], ["init"]):
        refused = run(app, *words)
        assert (refused.exit_code, sentence in refused.output) == (1, True), refused.output
        assert "python -m cms init --changed" in refused.output
    assert run(app, "init", "--changed").exit_code == 0
    assert run(app, "init").exit_code == 0
