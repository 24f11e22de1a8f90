"""Adding files to a document: who may, what is accepted, and that nothing is left of what is refused."""

from __future__ import annotations

import io
import threading
import tracemalloc
from pathlib import Path

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.core.storage.local import LocalStorage
from cms.editorial.items.models import Item
from tests.core.storages import marked
from tests.documents.samples import CSV, GOOD, PDF
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
    usual = {"role": "content", "variant": "original", "language": None}
    assert read.json["data"]["files"] == [{"id": data["id"], "label": "Rencana kerja", **usual}]
    assert {name: data[name] for name in usual} == usual
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
    use_storage(app, monkeypatch, marked(LocalStorage(tmp_path / "large")), max_file_bytes=50_000_000)
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
    assert answer.headers["Cache-Control"] == "private, no-store"
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
