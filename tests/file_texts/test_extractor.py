"""What is found in files of each kind, by the real program in its limited process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from cms.file_texts.extracting import FoundText, NoText, find_text
from cms.file_texts.models import TextFault
from tests.conftest import SHARED_DATA
from tests.documents.samples import JPEG, OPEN_XML
from tests.file_texts.samples import docx, odt, pdf, picture_of, pptx, scan, xlsx

SHARED_PDFS = SHARED_DATA / "pdf"
Find = Callable[[bytes, str], FoundText]
PDF = "application/pdf"
ODT = "application/vnd.oasis.opendocument.text"
DOCX, XLSX, PPTX = (
    f"{OPEN_XML}{kind}" for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)


@pytest.fixture
def find(app: Flask, tmp_path: Path) -> Find:
    def found(content: bytes, media_type: str) -> FoundText:
        path = tmp_path / "berkas"
        path.write_bytes(content)
        with app.app_context():
            return find_text(path, media_type)

    return found


def test_each_page_of_a_pdf_with_its_number(find: Find) -> None:
    found = find(pdf("Rencana kerja 2026", "", "Anggaran perubahan", title="Renja  2026", language="id-ID"), PDF)

    assert [(number, text) for number, _label, text in found.texts] == [
        (1, "Rencana kerja 2026"),
        (3, "Anggaran perubahan"),
    ]
    assert (found.pages, found.title, found.language, found.is_whole) == (3, "Renja 2026", "id-ID", True)
    assert (found.without_text, found.is_encrypted, found.is_tagged) == ([], False, False)


def test_pages_that_are_pictures_are_told(find: Find) -> None:
    found = find(scan(picture_of(["Surat edaran"]), picture_of(["Lampiran"])), PDF)

    assert (found.texts, found.without_text, found.pages) == ([], [1, 2], 2)


def test_a_pdf_with_a_password_is_not_read(find: Find) -> None:
    with pytest.raises(NoText) as refused:
        find(pdf("Rahasia", password="kunci"), PDF)

    assert refused.value.fault is TextFault.ENCRYPTED


def test_a_pdf_that_anybody_may_open_is_read_though_it_is_encrypted(find: Find) -> None:
    found = find(pdf("Boleh dibaca", password=""), PDF)

    assert ([text for *_place, text in found.texts], found.is_encrypted) == (["Boleh dibaca"], True)


def test_a_docx_in_the_order_of_its_text_without_what_was_taken_out(find: Find) -> None:
    body = (
        "<w:p><w:r><w:t>Nomor </w:t></w:r><w:r><w:t>12</w:t><w:tab/><w:t>Tahun 2026</w:t></w:r></w:p>\n  "
        "<w:p><w:del><w:r><w:delText>dicoret</w:delText></w:r></w:del><w:ins><w:r><w:t>disisipkan</w:t></w:r></w:ins></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Kecamatan</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Jumlah</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    found = find(docx(body), DOCX)

    assert found.texts == [(1, None, "Nomor 12 Tahun 2026\ndisisipkan\nKecamatan\nJumlah")]
    assert (found.title, found.language, found.pages) == ("Laporan tahunan", "id-ID", None)


def test_an_odt_keeps_the_order_of_spans(find: Find) -> None:
    body = (
        "<text:tracked-changes><text:p>dicoret</text:p></text:tracked-changes>"
        "<text:h>Bab I</text:h><text:p>Jalan <text:span>Sudirman</text:span> ditutup<text:line-break/>besok</text:p>"
    )

    assert find(odt(body), ODT).texts == [(1, None, "Bab I\nJalan Sudirman ditutup\nbesok")]


def test_slides_and_sheets_are_parts_of_their_own(find: Find) -> None:
    slides = find(pptx("Pembukaan", "Penutup"), PPTX)
    sheets = find(xlsx({"Anggaran": [["Kode", "Uraian"], ["5.1", "Belanja pegawai"]], "Kosong": []}), XLSX)

    assert slides.texts == [(1, None, "Pembukaan"), (2, None, "Penutup")]
    assert slides.pages == 2
    assert sheets.texts == [(1, "Anggaran", "Kode Uraian\n5.1 Belanja pegawai")]
    assert sheets.pages == 2


@pytest.mark.parametrize("media_type", ["text/csv", "text/plain"])
def test_a_text_is_its_own_text(find: Find, media_type: str) -> None:
    assert find("\ufeffKode,Nama\r\n1,Caf\u0065\u0301\0\r\n".encode(), media_type).texts == [
        (1, None, "Kode,Nama\n1,Café")
    ]


def test_a_picture_is_one_page_without_text(find: Find) -> None:
    found = find(JPEG, "image/jpeg")

    assert (found.pages, found.without_text, found.texts) == (1, [1], [])


def test_a_damaged_file_says_so(find: Find) -> None:
    for media_type in (PDF, DOCX, XLSX):
        with pytest.raises(NoText) as refused:
            find(b"tidak ada apa-apa", media_type)
        assert refused.value.fault is TextFault.DAMAGED


@pytest.mark.skipif(not SHARED_PDFS.is_dir(), reason="the real files of agencies are not on this machine")
def test_real_files_of_agencies(find: Find) -> None:
    tagged, flat, scanned = (
        find((SHARED_PDFS / name).read_bytes(), PDF)
        for name in ("dip_diskominfo_tagged.pdf", "dip_dishub.pdf", "prosedur_evakuasi_scan.pdf")
    )

    assert (tagged.is_tagged, tagged.pages, len(tagged.texts)) == (True, 17, 17)
    assert "Daftar Informasi Publik Dinas Komunikasi dan Informatika" in tagged.texts[0][2]
    assert (flat.is_tagged, flat.pages) == (False, 2)
    assert "Dinas Perhubungan" in flat.texts[0][2]
    assert (scanned.texts, scanned.without_text) == ([], [1])
