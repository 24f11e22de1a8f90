"""Cells of a table in text that programs would carry out are told; numbers, telephones and dashes of real registers are not."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.permissions import Role
from cms.documents.file_words import CHUNK, read_words
from tests.core.processor_time import keep
from tests.documents.uploads import path_of
from tests.factories import add_document
from tests.people import People

FORMULAS = (
    '=HYPERLINK("https://jahat.example","klik")', "=1+1", "=cmd|'/c calc'!A0", "@SUM(1+1)*cmd|'/c calc'!A0", "+cmd|'/c calc'!A0", "-2+3+cmd|'/c calc'!A0",
    "\uff1dWEBSERVICE(A1)", "\uff0bHYPERLINK(A1)", " =1+1", "\t=A1", "-HYPERLINK(A1)", "+Sheet1!$A$1", "=A1",
)  # fmt: skip
HARMLESS = (
    "-5", "-1.250,50", "-1,250.50", "+62 812-3456-789", "+6281234567", "-", "--", "- Dinas Pekerjaan Umum (DPU)", "@pemkotbalikpapan", "a=b", "x@y.go.id", "===", "= ",
    "-5 (perkiraan)", "+/- 10", "-Awas! Jalan rusak", "08123", "'=1+1", "Rp -5", "@ 5.000", "-12 derajat; lihat A1", "+5%",
)  # fmt: skip


def is_told(folder: Path, content: str, media_type: str = "text/csv") -> bool:
    path = folder / "upload"
    path.write_text(content, encoding="utf-8", newline="")
    return read_words(path, media_type).has_formulas


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_told_wherever_it_stands(cell: str, separator: str, tmp_path: Path) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    for written in (cell, quoted):
        for table in (
            f"{written}\n",
            f"nama{separator}{written}\r\n",
            f"a{separator}b\n1{separator}{written}{separator}2\n",
        ):
            assert is_told(tmp_path, table), table
    assert not is_told(tmp_path, cell, "text/plain")


@pytest.mark.parametrize("cell", HARMLESS)
def test_numbers_telephones_and_dashes_are_no_formulas(cell: str, tmp_path: Path) -> None:
    for table in (f"{cell}\n", f"nama;{cell};2\n", f'"{cell}","x"\r\n'):
        assert not is_told(tmp_path, table), table


@settings(deadline=None)
@given(st.integers(0, 3 * CHUNK), st.sampled_from(FORMULAS))
def test_no_place_hides_a_formula(tmp_path_factory: pytest.TempPathFactory, before: int, cell: str) -> None:
    table = "a;b\n" + ("Dinas;-5\n" * (before // 9 + 1))[:before] + f"\nx;{cell};y\n"
    assert is_told(tmp_path_factory.getbasetemp(), table)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*HARMLESS, "Dinas", "x" * 600]), max_size=400))
def test_no_border_makes_a_formula(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    assert not is_told(tmp_path_factory.getbasetemp(), "\n".join(f"a;{cell};b" for cell in cells))


@pytest.mark.parametrize("hostile", [",-", ",-a", ',"' * 3, "\n@@@@", "," + " " * 19])
def test_time_grows_with_the_table_and_no_faster(hostile: str, tmp_path: Path) -> None:
    small, large = (hostile * (size // len(hostile)) for size in (50_000, 500_000))
    assert keep(
        lambda most, least: most <= 30 * max(least, 0.002),
        lambda: is_told(tmp_path, large),
        lambda: is_told(tmp_path, small),
    )


def test_who_uploads_and_who_approves_are_told(app: Flask, people: People, city: None) -> None:
    author, editor, document = (
        people.person(Role.AUTHOR, "dpu"),
        people.person(Role.AGENCY_EDITOR, "dpu"),
        add_document(app),
    )
    data = {"file": (BytesIO(b'nama;situs\nDinas;"=HYPERLINK(""https://balikpapan.go.id"")"\n'), "situs.csv")}
    answer = author("POST", path_of(document.id), data=data, headers={"Accept-Language": "id"})
    assert answer.status_code == 201, answer.json
    seen = editor("GET", f"/manage/v1/documents/{document.id}").json
    for told in (answer.json, seen):
        (warned,) = [each for each in told["meta"]["warnings"] if each["code"] == "formulas_in_cells"]
        assert warned["pointer"] == "/files/0"
    assert "Sel dalam tabel" in str(answer.json["meta"]["warnings"])
    plain = {"file": (BytesIO(b"nama;jumlah\nDinas;-5\n"), "jumlah.csv")}
    assert author("POST", path_of(add_document(app).id), data=plain).json["meta"].get("warnings") is None
