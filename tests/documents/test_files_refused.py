"""Uploads that are refused: nothing is stored, nothing is recorded, and no more is read than needed (R-Z3)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.changes.models import Change
from cms.core.db import rolled_back, session
from cms.core.permissions import Role
from cms.core.storage.local import LocalStorage
from cms.documents.models import DocumentFile
from cms.editorial.items.models import Item
from tests.documents.samples import PDF, office
from tests.documents.uploads import BOUNDARY, form, fresh_storage, part, send_raw, send_stream, stored_names
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
        ([part("file", PDF, "a.pdf"), part("label", b" ")], 422, "/label", "too_short"),
        ([part("file", PDF, "a.pdf"), part("label", b"x" * 201)], 422, "/label", "too_long"),
        ([part("file", PDF, "a.pdf"), part("label", b"x" * 50_000)], 422, "/label", "too_long"),
        ([part("file", PDF, "a.pdf"), part("label", b"\xff")], 422, "/label", "bad_format"),
        ([part("file", PDF, "a.pdf"), part("label", b"a\x00")], 422, "/label", "bad_characters"),
        ([part("file", PDF, "a.pdf"), part("label", b"a"), part("label", b"b")], 422, "/label", "repeated"),
        ([part("file", PDF, "a.pdf"), part("position", b"0")], 422, "/position", "too_small"),
        ([part("file", PDF, "a.pdf"), part("position", b"1.5")], 422, "/position", "wrong_type"),
        ([part("file", b"<svg/>", "a.svg")], 415, None, "unsupported_file_type"),
        ([part("file", b"<svg/>", "a.png")], 422, None, "unsupported_file_type"),
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
