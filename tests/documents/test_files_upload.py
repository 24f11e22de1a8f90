"""Adding files to a document: who may, what is accepted, and that nothing is left of what is refused."""

from __future__ import annotations

import io
import threading
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.changes.models import Change
from cms.core.db import rolled_back, session
from cms.core.permissions import Role
from cms.core.storage import LocalStorage
from cms.documents.models import DocumentFile
from cms.editorial.models import Item
from tests.documents.samples import CSV, GOOD, PDF, office
from tests.documents.uploads import (
    BOUNDARY,
    digest,
    form,
    fresh_storage,
    part,
    path_of,
    send,
    send_raw,
    send_stream,
    stored_names,
    use_storage,
)
from tests.factories import add_document
from tests.people import Caller, People


@pytest.fixture
def storage(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalStorage:
    return fresh_storage(app, monkeypatch, tmp_path, max_file_bytes=100_000)


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def document(app: Flask, city: None) -> Item:
    return add_document(app)


def traces(app: Flask, folder: Path) -> tuple[int, int, int, set[str]]:
    """What an upload could leave behind."""
    with app.app_context(), rolled_back():
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (DocumentFile, Change)]
        versions = session.scalar(select(func.sum(Item.version)))
    return int(counts[0] or 0), int(counts[1] or 0), int(versions or 0), stored_names(folder)


@pytest.fixture
def unchanged(app: Flask, storage: LocalStorage, author: Caller, document: Item, tmp_path: Path) -> Iterator[None]:
    """Fails the test when anything was stored or recorded."""
    before = traces(app, tmp_path)
    yield
    assert traces(app, tmp_path) == before


def test_an_upload_answers_with_the_file_and_the_documents_new_version(
    author: Caller, document: Item, storage: LocalStorage, tmp_path: Path
) -> None:
    answer = send(author, document.id, PDF, "Renja 2026.pdf", label="Rencana kerja")
    assert answer.status_code == 201, answer.json
    data = answer.json["data"]
    assert {name: data[name] for name in ("label", "name", "media_type", "bytes", "sha256")} == {
        "label": "Rencana kerja",
        "name": "Renja 2026.pdf",
        "media_type": "application/pdf",
        "bytes": len(PDF),
        "sha256": digest(PDF),
    }
    assert answer.headers["Location"] == f"http://localhost{data['url']}"
    assert (tmp_path / "files" / digest(PDF)[:2] / digest(PDF)[2:4] / digest(PDF)).read_bytes() == PDF
    assert list(storage.incoming.iterdir()) == []
    read = author.get(f"/manage/v1/documents/{document.id}")
    assert read.headers["ETag"] == answer.headers["ETag"] == '"v2"'
    assert read.json["data"]["files"] == [{"id": data["id"], "label": "Rencana kerja"}]
    assert read.json["data"]["edition"] == 2


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_accepted_kind_can_be_uploaded(author: Caller, document: Item, storage: LocalStorage, name: str) -> None:
    content, media_type = GOOD[name]
    answer = send(author, document.id, content, name)
    assert (answer.status_code, answer.json["data"]["media_type"]) == (201, media_type)
    assert answer.json["data"]["label"] == name


def test_files_stand_where_they_are_put(author: Caller, document: Item, storage: LocalStorage) -> None:
    for label, position in (("b", None), ("d", None), ("a", "1"), ("c", "3"), ("e", "50")):
        fields = {"label": label} | ({"position": position} if position else {})
        assert send(author, document.id, label.encode() + CSV, f"{label}.csv", **fields).status_code == 201
    files = author.get(f"/manage/v1/documents/{document.id}").json["data"]["files"]
    assert [entry["label"] for entry in files] == ["a", "b", "c", "d", "e"]


def test_the_same_bytes_are_stored_once(author: Caller, document: Item, storage: LocalStorage, tmp_path: Path) -> None:
    ids = {send(author, document.id).json["data"]["id"] for _ in range(3)}
    assert len(ids) == 3
    assert stored_names(tmp_path) == {digest(PDF)}


def test_fields_may_come_in_any_order_and_names_in_any_script(
    author: Caller, document: Item, storage: LocalStorage
) -> None:
    body = form(part("file", PDF, "../Peta Wilayah é\u202e.pdf"), part("position", b"1"), part("label", b"Peta"))
    answer = send_raw(author, document.id, body)
    assert (answer.status_code, answer.json["data"]["name"]) == (201, "Peta Wilayah é.pdf")


def test_a_document_holds_fifty_files_and_no_more(author: Caller, document: Item, storage: LocalStorage) -> None:
    for number in range(50):
        assert send(author, document.id, CSV, f"{number}.csv").status_code == 201
    answer = send(author, document.id, CSV, "51.csv")
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "too_many_files")


@pytest.mark.parametrize(
    ("parts", "status", "pointer", "code"),
    [
        ([], 422, "/file", "required"),
        ([part("label", b"x")], 422, "/file", "required"),
        ([part("file", PDF)], 422, "/file", "wrong_type"),
        ([part("file", b"", "")], 422, "/file", "empty_file"),
        ([part("file", PDF, "a.pdf"), part("file", PDF, "b.pdf")], 422, "/file", "repeated"),
        ([part("upload", PDF, "a.pdf")], 400, "/upload", "unknown_field"),
        ([part("file", PDF, "a.pdf"), part("id", b"1")], 400, "/id", "unknown_field"),
        ([part("file", PDF, "a.pdf"), part("label", b"")], 422, "/label", "too_short"),
        ([part("file", PDF, "a.pdf"), part("label", b"x" * 201)], 422, "/label", "too_long"),
        ([part("file", PDF, "a.pdf"), part("label", b"x" * 50_000)], 422, "/label", "too_long"),
        ([part("file", PDF, "a.pdf"), part("label", b"\xff")], 422, "/label", "bad_characters"),
        ([part("file", PDF, "a.pdf"), part("label", b"a\x00")], 422, "/label", "bad_characters"),
        ([part("file", PDF, "a.pdf"), part("label", b"a"), part("label", b"b")], 422, "/label", "repeated"),
        ([part("file", PDF, "a.pdf"), part("position", b"0")], 422, "/position", "too_small"),
        ([part("file", PDF, "a.pdf"), part("position", b"1.5")], 422, "/position", "wrong_type"),
        ([part("file", b"<svg/>", "a.svg")], 422, None, "unsupported_file_type"),
        ([part("file", PDF, "a.docx")], 422, "/file", "extension_mismatch"),
        ([part("file", PDF[:-8], "a.pdf")], 422, "/file", "damaged_file"),
        ([part("file", office(extra={"b": b"0" * 5_000_000}), "a.docx")], 422, "/file", "damaged_file"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_a_form_that_cannot_be_meant_is_refused_and_leaves_nothing(
    author: Caller, document: Item, parts: list[bytes], status: int, pointer: str | None, code: str
) -> None:
    answer = send_raw(author, document.id, form(*parts))
    assert answer.status_code == status, answer.json
    if pointer is None:
        assert answer.json["code"] == code
        assert "PDF, DOCX" in answer.json["detail"]
    else:
        assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "body",
    [
        b"nothing", part("file", PDF, "a.pdf"), part("file", PDF, "a.pdf")[:-20], form(part("file", PDF, "a.pdf"))[:-8],
        b"--" + BOUNDARY.encode() + b"\r\n\r\nno header\r\n--" + BOUNDARY.encode() + b"--\r\n",
        b"x" * 300_000, b"--" + BOUNDARY.encode() + b"\r\nX: " + b"y" * 300_000,
        form(part("file", PDF, "a.pdf"), b"--" + BOUNDARY.encode() + b"\r\nContent-Disposition: \xff\r\n\r\n"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("unchanged")
def test_a_broken_body_is_refused_and_leaves_nothing(author: Caller, document: Item, body: bytes) -> None:
    answer = send_raw(author, document.id, body)
    assert (answer.status_code, answer.json["code"]) in {(400, "malformed_form"), (413, "too_large")}


@pytest.mark.usefixtures("unchanged")
def test_a_sender_that_stops_early_leaves_nothing(author: Caller, document: Item) -> None:
    body = form(part("file", PDF * 1_000, "a.pdf"))
    for sent in (0, 1, len(body) // 2, len(body) - 1):
        answer = send_stream(author, document.id, BytesIO(body[:sent]), len(body))
        assert answer.status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", "application/pdf", "text/plain", ""])
@pytest.mark.usefixtures("unchanged")
def test_another_kind_of_body_is_refused(author: Caller, document: Item, content_type: str) -> None:
    answer = send_raw(author, document.id, PDF, content_type=content_type)
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json["detail"]


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 300])
@pytest.mark.usefixtures("unchanged")
def test_a_form_without_a_usable_boundary_is_refused(author: Caller, document: Item, content_type: str) -> None:
    answer = send_raw(author, document.id, form(), content_type=content_type)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_form")


class CountingStream(io.RawIOBase):
    """A body that notes how much of it was read."""

    def __init__(self, content: bytes) -> None:
        self._content, self.read_bytes = BytesIO(content), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        taken = self._content.readinto(buffer)
        self.read_bytes += taken
        return taken


def send_counted(caller: Caller, document_id: str, body: bytes, length: int | None = None) -> tuple[int, str, int]:
    """Status, code, and how many bytes of the body were read."""
    stream = CountingStream(body)
    answer = send_stream(caller, document_id, stream, len(body) if length is None else length)
    return answer.status_code, answer.json["code"], stream.read_bytes


@pytest.mark.usefixtures("unchanged")
def test_too_large_a_file_is_refused_with_the_limit_before_all_of_it_was_read(author: Caller, document: Item) -> None:
    slightly = form(part("file", b"a" * 120_000, "a.csv"))
    assert send_counted(author, document.id, slightly)[:2] == (413, "too_large")
    assert send_counted(author, document.id, b"", length=10**12) == (413, "too_large", 0)
    assert "100000 bytes" in send_raw(author, document.id, slightly).json["detail"]


@pytest.mark.usefixtures("unchanged")
def test_nobody_without_the_right_sends_a_byte(people: People, document: Item) -> None:
    body = form(part("file", PDF, "a.pdf"))
    for caller, expected in (
        (people.person(Role.AUTHOR, "dishub"), (404, "not_found", 0)),
        (people.person(Role.AUDITOR), (403, "forbidden", 0)),
        (people.person(Role.ADMIN), (403, "forbidden", 0)),
        (people.website(), (401, "invalid_token", 0)),
    ):
        assert send_counted(caller, document.id, body) == expected
    assert send_counted(people.person(Role.AUTHOR, "dpu"), "x" * 36, body) == (404, "not_found", 0)


def test_a_limit_of_the_size_itself_is_kept_exactly(author: Caller, document: Item, storage: LocalStorage) -> None:
    assert send(author, document.id, b"a" * 100_000, "a.txt").status_code == 201
    assert send(author, document.id, b"a" * 100_001, "a.txt").status_code == 413


class Repeated(io.RawIOBase):
    """A long body that is nowhere in memory."""

    def __init__(self, head: bytes, block: bytes, times: int, tail: bytes) -> None:
        self.length = len(head) + len(block) * times + len(tail)
        self._blocks = iter([head, *[block] * times, tail])
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._left:
            self._left = next(self._blocks, b"")
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def test_a_large_file_passes_through_little_memory(
    app: Flask, author: Caller, document: Item, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_storage(app, monkeypatch, LocalStorage(tmp_path / "large"), max_file_bytes=50_000_000)
    stream = Repeated(
        part("file", b"", "a.csv")[:-2], b"satu,dua,tiga\n" * 5_000, 500, f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    tracemalloc.start()
    try:
        answer = send_stream(author, document.id, stream, stream.length)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.json["data"]["bytes"]) == (201, 35_000_000)
    assert peak < 12_000_000


def test_several_people_add_files_at_once_and_none_is_lost(
    app: Flask, author: Caller, document: Item, storage: LocalStorage
) -> None:
    statuses: list[int] = []

    def upload(number: int) -> None:
        sender = Caller(app.test_client(), author.token)
        statuses.append(send(sender, document.id, CSV, f"{number}.csv").status_code)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 6
    data = author.get(f"/manage/v1/documents/{document.id}").json["data"]
    assert sorted(entry["label"] for entry in data["files"]) == [f"{number}.csv" for number in range(6)]
    assert data["edition"] == 7


def test_a_file_is_taken_out_of_the_draft(author: Caller, document: Item, storage: LocalStorage) -> None:
    added = send(author, document.id)
    path = f"{path_of(document.id)}/{added.json['data']['id']}"
    assert author("DELETE", path).status_code == 428
    assert author("DELETE", path, match=1).status_code == 412
    answer = author("DELETE", path, match=2)
    assert (answer.status_code, answer.headers["ETag"]) == (204, '"v3"')
    assert author.get(f"/manage/v1/documents/{document.id}").json["data"]["files"] == []
    assert author("DELETE", path, match=3).status_code == 404
    assert author.get(path).status_code == 200, "earlier editions show it still"


def test_editors_download_what_was_uploaded(
    people: People, author: Caller, document: Item, storage: LocalStorage
) -> None:
    added = send(author, document.id, PDF, "Peta é.pdf").json["data"]
    answer = author.get(added["url"])
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["ETag"] == f'"{digest(PDF)}"'
    assert (
        answer.headers["Content-Disposition"] == "inline; filename=\"Peta e.pdf\"; filename*=UTF-8''Peta%20%C3%A9.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert people.person(Role.AUDITOR).get(added["url"]).status_code == 200
    assert people.person(Role.AUTHOR, "dishub").get(added["url"]).status_code == 404
    assert author.get(f"{path_of(document.id)}/{document.id}").status_code == 404


def test_a_storage_that_is_down_is_told(
    app: Flask, author: Caller, document: Item, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_bytes(b"")
    use_storage(app, monkeypatch, LocalStorage(tmp_path / "blocked"))
    answer = send(author, document.id)
    assert (answer.status_code, answer.json["code"]) == (503, "storage_unavailable")
    assert "Retry-After" in answer.headers
