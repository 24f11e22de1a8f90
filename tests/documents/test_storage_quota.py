"""What an agency may keep: files and images together, counted in the database."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cms.core.permissions import Role
from cms.core.runtime import runtime
from cms.core.storage.local import LocalStorage
from tests.documents.samples import PDF
from tests.documents.uploads import send, send_stream
from tests.media.library import upload
from tests.media.pictures import jpeg
from tests.people import Caller, People


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def document(author: Caller) -> str:
    content = {"agency": "dpu", "class": "berkala", "title": "Rencana kerja"}
    made = author.post("/manage/v1/documents", content)
    assert made.status_code == 201, made.json
    found: str = made.json["data"]["id"]  # type: ignore[index]
    return found


def allow(app: Flask, monkeypatch: pytest.MonkeyPatch, quota: int) -> None:
    """Let every agency keep so many bytes."""
    with app.app_context():
        current = runtime()
    settings = dataclasses.replace(current.settings, agency_storage_bytes=quota)
    monkeypatch.setitem(app.extensions, "simpul", dataclasses.replace(current, settings=settings))


def refused(answer: TestResponse) -> dict[str, Any]:
    assert (answer.status_code, answer.json["code"]) == (413, "storage_quota"), answer.json  # type: ignore[index]
    found: dict[str, Any] = answer.json  # type: ignore[assignment]
    return found


def test_what_does_not_fit_is_refused_and_said_in_the_callers_language(
    app: Flask, monkeypatch: pytest.MonkeyPatch, author: Caller, document: str
) -> None:
    allow(app, monkeypatch, len(PDF) + 10)
    assert send(author, document).status_code == 201

    english = refused(send(author, document, PDF + b"\n"))
    assert all(str(number) in english["detail"] for number in (len(PDF), len(PDF) + 10, len(PDF) + 1))
    assert "dpu" in english["detail"]
    data = {"file": (BytesIO(PDF + b"\n"), "renja.pdf")}
    path = f"/manage/v1/documents/{document}/files"
    indonesian = author("POST", path, data=data, headers={"Accept-Language": "id"})
    assert refused(indonesian)["title"] == "Ruang penyimpanan perangkat daerah penuh"


def test_files_and_images_count_together_and_another_agency_has_its_own_room(
    app: Flask, monkeypatch: pytest.MonkeyPatch, author: Caller, people: People, document: str
) -> None:
    picture = upload(author, alt="Pekerja")
    assert picture.status_code == 201
    kept = picture.json["data"]["bytes"]  # type: ignore[index]
    allow(app, monkeypatch, kept + len(PDF) - 1)

    refused(send(author, document))
    refused(upload(author, jpeg(640, 480), alt="Pekerja lain"))
    # The same picture again takes no room.
    assert upload(author, alt="Pekerja").status_code == 200
    other = people.person(Role.AUTHOR, "dishub")
    assert upload(other, agency="dishub", alt="Pekerja").status_code == 201


def test_what_is_announced_is_refused_before_it_is_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch, author: Caller, document: str
) -> None:
    class Untouched:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("read")

    allow(app, monkeypatch, 100_000)

    refused(send_stream(author, document, Untouched(), 1_000_000))


def test_nothing_is_stored_for_what_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch, author: Caller, document: str
) -> None:
    allow(app, monkeypatch, 10)
    with app.app_context():
        storage = runtime().storage
    assert isinstance(storage, LocalStorage)
    before = stored(app)

    refused(send(author, document))
    refused(upload(author, alt="Pekerja"))
    assert stored(app) == before


def stored(app: Flask) -> set[Path]:
    with app.app_context():
        root = Path(runtime().settings.instance_path)
    return {path for path in root.rglob("*") if path.is_file() and path.suffix not in {".db", ".db-wal", ".db-shm"}}


def test_two_uploads_cannot_pass_together(
    app: Flask, monkeypatch: pytest.MonkeyPatch, people: People, document: str
) -> None:
    allow(app, monkeypatch, 3 * (len(PDF) + 1) + 1)
    callers = [people.person(Role.AUTHOR, "dpu"), people.person(Role.AGENCY_EDITOR, "dpu")] * 3
    begin = threading.Barrier(len(callers))

    def together(number: int) -> int:
        begin.wait()
        caller = Caller(app.test_client(), callers[number].token)
        return send(caller, document, PDF + str(number).encode()).status_code

    with ThreadPoolExecutor(len(callers)) as threads:
        statuses = sorted(threads.map(together, range(len(callers))))

    assert statuses == [201] * 3 + [413] * 3
