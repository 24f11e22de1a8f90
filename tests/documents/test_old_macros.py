"""Macros of Excel 4, which are sheets: in old workbooks that people pack into a ZIP, or into a document as an object."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.documents.old_office_macros import has_old_macros
from cms.documents.packed_files import OLD_MACROS
from tests.documents.recognising import refusal
from tests.documents.samples import compound, office, open_document, zipped

WORKSHEET, MACROS, CHART = 0, 1, 2


def sheet(name: str, kind: int, hidden: int = 0, wide: bool = False) -> bytes:
    """The record BoundSheet of Excel 97 and later (MS-XLS, 2.4.28)."""
    written = name.encode("utf-16-le" if wide else "latin-1")
    body = struct.pack("<IBBBB", 1_234, hidden, kind, len(name), int(wide)) + written
    return struct.pack("<HH", 0x85, len(body)) + body


def sheet_of_excel_5(name: str, kind: int) -> bytes:
    """The same of Excel 5 and 95: no encoding before the name."""
    body = struct.pack("<IBBB", 1_234, 0, kind, len(name)) + name.encode("latin-1")
    return struct.pack("<HH", 0x85, len(body)) + body


def workbook(*records: bytes, stream: str = "Workbook") -> bytes:
    """A workbook of before 2007 with these records."""
    beginning = bytes.fromhex("0908100000060500") + bytes(12)
    return compound(stream, content=(beginning + b"".join(records)).ljust(4_096, b"\0"))


WITH_MACROS = {
    "a sheet of macros": workbook(sheet("Lembar1", WORKSHEET), sheet("Makro1", MACROS)),
    "a hidden one": workbook(sheet("Makro1", MACROS, hidden=1)),
    "one that only programs can show": workbook(sheet("Makro1", MACROS, hidden=2)),
    "one with a name in wide letters": workbook(sheet("マクロ", MACROS, wide=True)),
    "one of Excel 95": workbook(sheet_of_excel_5("Macro1", MACROS), stream="Book"),
}
WITHOUT = {
    "worksheets": workbook(sheet("Lembar1", WORKSHEET), sheet("Rekap", WORKSHEET, hidden=1)),
    "a chart": workbook(sheet("Grafik", CHART)),
    # Row 133, whose number ends as the record of a macro sheet would.
    "a number that looks like it": workbook(struct.pack("<HHHHH", 0x203, 14, 0x85, 7, 15) + b"\1\2\0\1\x09\x40\0\0"),
}
MACROS_ALONE = {
    "Excel 2": bytes.fromhex("0900040002004000"),
    "Excel 3": bytes.fromhex("09020600000040000000"),
    "Excel 4": bytes.fromhex("09040600000040000000"),
    "a workbook of Excel 4": bytes.fromhex("09040600000000010000"),
}


@pytest.mark.parametrize("told", WITH_MACROS)
def test_an_old_workbook_with_macros_is_refused_wherever_it_is_packed(told: str, tmp_path: Path) -> None:
    content = WITH_MACROS[told]

    assert refusal(tmp_path, "data.zip", zipped({"lama/rka.xls": content})) == OLD_MACROS
    # What it is called makes no difference.
    assert refusal(tmp_path, "data.zip", zipped({"lama/rka": content})) == OLD_MACROS
    assert refusal(tmp_path, "a.docx", office(extra={"word/embeddings/oleObject1.bin": content})) == OLD_MACROS
    assert refusal(tmp_path, "a.odt", open_document(extra={"Object 1": content})) == OLD_MACROS


def test_visual_basic_in_an_old_object_of_a_document_is_refused(tmp_path: Path) -> None:
    content = compound("Workbook", "_VBA_PROJECT")
    assert refusal(tmp_path, "a.docx", office(extra={"word/embeddings/oleObject1.bin": content})) == OLD_MACROS


@pytest.mark.parametrize("told", WITHOUT)
def test_an_old_workbook_without_macros_stays(told: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "data.zip", zipped({"lama/rka.xls": WITHOUT[told]})) == ""
    assert refusal(tmp_path, "a.docx", office(extra={"word/embeddings/oleObject1.bin": WITHOUT[told]})) == ""


@pytest.mark.parametrize("told", MACROS_ALONE)
def test_a_sheet_of_macros_of_the_first_excels_is_refused(told: str, tmp_path: Path) -> None:
    content = MACROS_ALONE[told] + bytes(40)
    assert refusal(tmp_path, "data.zip", zipped({"makro.xls": content})) == OLD_MACROS


def test_a_worksheet_of_the_first_excels_stays(tmp_path: Path) -> None:
    content = bytes.fromhex("09040600000010000000") + bytes(40)
    assert refusal(tmp_path, "data.zip", zipped({"lama.xls": content})) == ""


@settings(deadline=None)
@given(st.binary(max_size=3_000))
def test_numbers_are_no_macros(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.xls"
    path.write_bytes(compound("Workbook", content=content.ljust(4_096, b"\0")))
    assert not has_old_macros(path)
