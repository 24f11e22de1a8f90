"""Files of documents are read by the worker, once for the same bytes, and editors see what was found."""

from __future__ import annotations

import os
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from cms.core.runtime import runtime
from cms.documents.models import DocumentFile
from cms.documents.tasks import sweep_orphans
from cms.file_texts import extracting, tasks
from cms.file_texts.models import FileText, FileTextPage
from cms.file_texts.tasks import read_waiting
from tests.documents.samples import mp3
from tests.documents.uploads import path_of, send
from tests.factories import add_document
from tests.file_texts.samples import pdf, picture_of, scan
from tests.people import Caller, People


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def document(app: Flask, city: None) -> str:
    return str(add_document(app).id)


@pytest.fixture(autouse=True)
def no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without tesseract; tests/more has one."""
    monkeypatch.setattr(extracting, "TESSERACT", "tesseract-that-nobody-has")
    extracting.find_recogniser.cache_clear()


def work(app: Flask) -> None:
    """Let the worker read what waits."""
    with app.app_context():
        while read_waiting():
            pass


def files_of(caller: Caller, document: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = caller.get(path_of(document)).json["data"]  # type: ignore[index]
    return listed


def test_a_file_waits_and_is_read(app: Flask, author: Caller, document: str) -> None:
    added = send(author, document, pdf("Rencana kerja 2026", "Anggaran", language="id")).json["data"]  # type: ignore[index]
    assert (added["text"]["state"], added["text"]["read_at"]) == ("received", None)

    work(app)

    (shown,) = files_of(author, document)
    assert shown["id"] == added["id"]
    text = shown["text"]
    assert (text["state"], text["pages"], text["language"], text["fault"]) == ("read", 2, "id", None)
    pages = author.get(f"{shown['url']}/text").json["data"]  # type: ignore[index]
    assert [(page["number"], page["text"], page["recognised"]) for page in pages] == [
        (1, "Rencana kerja 2026", False),
        (2, "Anggaran", False),
    ]


def test_pages_come_by_cursor(app: Flask, author: Caller, document: str) -> None:
    added = send(author, document, pdf(*(f"Halaman {number}" for number in range(1, 6)))).json["data"]  # type: ignore[index]
    work(app)

    first = author.get(f"{added['url']}/text?limit=3").json
    rest = author.get(first["links"]["next"]).json  # type: ignore[index]

    assert [page["number"] for page in first["data"] + rest["data"]] == [1, 2, 3, 4, 5]  # type: ignore[index]
    assert rest["links"]["next"] is None  # type: ignore[index]


def test_a_scan_says_that_it_is_one(app: Flask, author: Caller, document: str) -> None:
    send(author, document, scan(picture_of(["Surat edaran"])))
    work(app)

    (shown,) = files_of(author, document)
    assert (shown["text"]["state"], shown["text"]["without_text"], shown["text"]["characters"]) == ("scan", [1], 0)


def test_the_same_bytes_are_read_once(
    app: Flask, author: Caller, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    real = tasks.find_text
    monkeypatch.setattr(tasks, "find_text", lambda *given: (read.append(given), real(*given))[1])
    content = pdf("Rencana kerja")
    send(author, document, content, "satu.pdf")
    work(app)
    again = send(author, document, content, "dua.pdf").json["data"]  # type: ignore[index]
    work(app)

    assert len(read) == 1
    assert again["text"]["state"] == "read"


def test_a_file_without_text_has_none(app: Flask, author: Caller, document: str) -> None:
    added = send(author, document, mp3(), "pidato.mp3").json["data"]  # type: ignore[index]
    work(app)

    assert added["text"] is None
    assert author.get(f"{added['url']}/text").json["data"] == []  # type: ignore[index]


def test_a_file_that_cannot_be_read_says_why_and_holds_up_no_other(app: Flask, author: Caller, document: str) -> None:
    protected = send(author, document, pdf("Rahasia", password="kunci"), "kunci.pdf")
    assert protected.status_code == 201
    send(author, document, pdf("Terbuka"), "terbuka.pdf")
    work(app)

    states = {file["name"]: (file["text"]["state"], file["text"]["fault"]) for file in files_of(author, document)}
    assert states == {"kunci.pdf": ("failed", "encrypted"), "terbuka.pdf": ("read", None)}


def test_bytes_that_are_gone_hold_up_no_other(app: Flask, author: Caller, document: str) -> None:
    lost = send(author, document, pdf("Hilang"), "hilang.pdf").json["data"]  # type: ignore[index]
    with app.app_context():
        runtime().storage.delete(lost["sha256"])
    send(author, document, pdf("Ada"), "ada.pdf")
    work(app)

    states = {file["name"]: file["text"]["state"] for file in files_of(author, document)}
    assert states == {"hilang.pdf": "received", "ada.pdf": "read"}


def test_what_was_read_goes_with_the_bytes(app: Flask, author: Caller, document: str) -> None:
    digest = send(author, document, pdf("Sementara")).json["data"]["sha256"]  # type: ignore[index]
    work(app)
    with app.app_context():
        with unit_of_work() as unit:
            unit.session.execute(delete(DocumentFile))
        stored = runtime().storage._path(digest)
        os.utime(stored, (0, 0))
        sweep_orphans()
        left = [session.scalar(select(func.count()).select_from(table)) for table in (FileText, FileTextPage)]

    assert (left, stored.exists()) == ([0, 0], False)
