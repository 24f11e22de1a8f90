"""Words in scanned pages, read by Debian's tesseract within the limits of every reader of files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.file_texts.extracting import find_recogniser
from cms.file_texts.tasks import read_waiting
from tests.conftest import SHARED_DATA
from tests.documents.uploads import form, part, path_of, send, send_raw
from tests.factories import add_document
from tests.file_texts.samples import as_png, pdf, picture_of, scan
from tests.people import Caller, People

REAL_SCAN = SHARED_DATA / "pdf" / "prosedur_evakuasi_scan.pdf"


@pytest.fixture(autouse=True)
def looked_for_anew() -> Iterator[None]:
    """Other tests stand on a machine without it."""
    find_recogniser.cache_clear()
    yield
    find_recogniser.cache_clear()


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


@pytest.fixture
def document(app: Flask, city: None) -> str:
    return str(add_document(app).id)


def read(app: Flask, author: Caller, document: str) -> tuple[dict[str, object], str]:
    """What is said about the newest file, and all its words."""
    with app.app_context():
        while read_waiting():
            pass
    shown = author.get(path_of(document)).json["data"][-1]  # type: ignore[index]
    pages = author.get(f"{shown['url']}/text").json["data"]  # type: ignore[index]
    return shown["text"], "\n".join(page["text"] for page in pages)


def test_tesseract_with_indonesian_is_here() -> None:
    recogniser = find_recogniser()

    assert recogniser is not None
    assert "ind" in recogniser.languages


def test_a_scan_is_read_page_by_page(app: Flask, author: Caller, document: str) -> None:
    send(author, document, scan(picture_of(["Surat edaran nomor 12"]), picture_of(["Penutupan jalan Sudirman"])))

    text, words = read(app, author, document)

    assert (text["state"], text["recognised"], text["without_text"]) == ("ocr", 2, [1, 2])
    assert "Surat edaran nomor 12" in words
    assert "Penutupan jalan Sudirman" in words


def test_a_photographed_page_is_read(app: Flask, author: Caller, document: str) -> None:
    send(author, document, as_png(picture_of(["Jadwal pelayanan", "Senin sampai Jumat"])), "jadwal.png")

    text, words = read(app, author, document)

    assert (text["state"], text["pages"]) == ("ocr", 1)
    assert "Senin sampai Jumat" in words


def test_a_file_with_words_keeps_them(app: Flask, author: Caller, document: str) -> None:
    send(author, document, pdf("Rencana kerja", "Anggaran"))

    text, words = read(app, author, document)

    assert (text["state"], text["recognised"], words) == ("read", 0, "Rencana kerja\nAnggaran")


@pytest.mark.skipif(not REAL_SCAN.is_file(), reason="the real files of agencies are not on this machine")
def test_a_real_scan_of_an_agency(app: Flask, author: Caller, document: str) -> None:
    send_raw(author, document, form(part("file", REAL_SCAN.read_bytes(), "prosedur.pdf")))

    text, words = read(app, author, document)

    assert text["state"] == "ocr"
    assert "evakuasi" in words.lower()
