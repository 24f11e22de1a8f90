"""What is inside a ZIP of data, or embedded in an office document: each file is what its name says, and nothing inside acts."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.http.messages.file_reasons import IN_INDONESIAN
from cms.core.permissions import Role
from cms.core.storage import known_kinds
from cms.documents.archives import (
    BROKEN,
    HIDDEN_NAME,
    IS_ENCRYPTED,
    LARGEST_TOTAL,
    NESTED_ARCHIVE,
    TOO_LARGE,
    Allowance,
)
from cms.documents.faults import DamagedFile
from cms.documents.office_files import WITH_MACROS
from cms.documents.packed_files import OLD_MACROS, OTHER_CONTENT, PROGRAM_INSIDE
from tests.core.processor_time import keep
from tests.documents.recognising import refusal
from tests.documents.samples import CSV, GOOD, PDF, SHAPES, compound, mp3, office, open_document, zipped
from tests.documents.test_active_files import ACTIVE
from tests.documents.uploads import path_of
from tests.factories import add_document
from tests.people import People

MACHINE_CODE = {
    "Windows": b"MZ\x90\0" + bytes(100), "Linux": b"\x7fELF\x02\x01" + bytes(60), "macOS": b"\xcf\xfa\xed\xfe" + bytes(60),
    "macOS, any machine": b"\xca\xfe\xba\xbe" + bytes(60), "macOS, old": b"\xfe\xed\xfa\xce" + bytes(60), "shell": b"#!/bin/sh\nrm -rf /\n",
    "shortcut": b"L\0\0\0\x01\x14\x02\0" + bytes(60), "Android": b"dex\n035\0" + bytes(60),
}  # fmt: skip
PAGES = {
    "page": b"<html><body>x</body></html>", "page behind a mark": b"\xef\xbb\xbf <!doctype html>\n<p>", "script": b"a,b\n<script>x()</script>\n",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "PHP": b"<?php system($_GET[0]);",
    "XML with a page": b"<?xml version='1.0'?><x xmlns:h='http://www.w3.org/1999/xhtml'><h:b/></x>", "RTF": b"{\\rtf1 x}",
    "XML with a script": b"<?xml version='1.0'?><x><script/></x>", "entities": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'y'>]><x>&e;</x>",
}  # fmt: skip
ARCHIVES = {
    "ZIP": zipped({"a.csv": CSV}), "empty ZIP": zipped({}), "RAR": b"Rar!\x1a\x07\x01\0" + bytes(40), "7z": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "gzip": b"\x1f\x8b\x08" + bytes(40), "tar": b"a.csv".ljust(257, b"\0") + b"ustar\0" + bytes(300),
}  # fmt: skip
NAMES = (
    "data.csv",
    "catatan.txt",
    "peta.geojson",
    "batas.shp",
    "isi",
    "a.dbf",
    "gambar.jpg",
    "rapat.pdf",
    "rka.xlsx",
    "surat.docx",
    "sirine.mp3",
)


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from([*MACHINE_CODE.values(), *PAGES.values(), *ARCHIVES.values()]))
def test_no_name_hides_a_program_a_page_or_an_archive(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    told = refusal(tmp_path_factory.getbasetemp(), "data.zip", zipped({"lain.csv": CSV, f"isi/{name}": content}))
    assert told != ""


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("data.csv", MACHINE_CODE["Windows"], PROGRAM_INSIDE), ("data.csv", ARCHIVES["ZIP"], NESTED_ARCHIVE), ("a.kmz", b"x", NESTED_ARCHIVE),
        ("a.tif", ARCHIVES["RAR"], known_kinds.ARCHIVE), ("a.csv", PDF, OTHER_CONTENT), ("a.csv", bytes(40), OTHER_CONTENT), ("a.pdf", CSV, ""),
        ("a.jpg", PDF, OTHER_CONTENT), ("a.docx", office("spreadsheetml.sheet"), OTHER_CONTENT), ("a.docx", office(extra={"vbaProject.bin": b"x"}), WITH_MACROS),
        ("a.xls", compound("Workbook"), ""), ("a.xls", compound("Workbook", "_VBA_PROJECT"), OLD_MACROS),
        ("a.xls", compound("EncryptedPackage"), known_kinds.PROTECTED_OFFICE), ("a.csv", compound("Workbook"), OTHER_CONTENT),
        ("a.pdf", ACTIVE["program"], "it starts a program"), ("a.exe", b"x", PROGRAM_INSIDE), ("a.rdp", b"x", PROGRAM_INSIDE),
    ],
)  # fmt: skip
def test_the_reason_is_that_of_the_file_inside(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    told = refusal(tmp_path, "data.zip", zipped({name: content}))
    assert told == expected if (name, content) != ("a.pdf", CSV) else told != ""


HONEST = {
    "a.csv": "nama;jumlah\nCaf\xe9;1\n".encode("cp1252"), "b.csv": "nama;jumlah\n".encode("utf-16"), "kosong.csv": b"", "c.json": b'{"a": [1, 2]}',
    "peta.kml": b"<?xml version='1.0'?><kml xmlns='http://www.opengis.net/kml/2.2'><description><![CDATA[<html><script>x</script>]]></description></kml>",
    "batas.shp.xml": b"<?xml version='1.0'?><metadata><title>Batas</title></metadata>", "raster.tif": b"II*\0" + bytes(80), "baca.rst": b"# Data\n",
    "basis.gpkg": b"SQLite format 3\0" + bytes(80), "folder/": b"", "citra.img": b"EHFA_HEADER_TAG\0" + bytes(40), "MZ.txt": b"MZ adalah singkatan\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_data_stay(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "data.zip", zipped({**SHAPES, name: HONEST[name]})) == ""


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_accepted_kind_may_be_packed_except_archives(name: str, tmp_path: Path) -> None:
    told = refusal(tmp_path, "data.zip", zipped({f"isi/{name}": GOOD[name][0]}))
    assert told == (NESTED_ARCHIVE if name == "a.zip" else "")
    assert [each.name for each in tmp_path.iterdir()] == ["upload"]


# --- names ---

HIDDEN = [
    "\u202e",
    "\u202a",
    "\u2066",
    "\u2069",
    "\u200e",
    "\u061c",
    "\u200b",
    "\ufeff",
    "\x01",
    "\x1b",
    "\n",
    "\x7f",
    "\x85",
    "\u2028",
]


@settings(deadline=None)
@given(st.sampled_from(HIDDEN), st.integers(0, 12), st.booleans())
def test_no_name_of_a_part_has_hidden_characters(
    tmp_path_factory: pytest.TempPathFactory, mark: str, place: int, is_office: bool
) -> None:
    name = "laporan_vsc.txt"[:place] + mark + "laporan_vsc.txt"[place:]
    content = office(extra={name: "x"}) if is_office else zipped({name: "x"})
    assert refusal(tmp_path_factory.getbasetemp(), "a.docx" if is_office else "a.zip", content) == HIDDEN_NAME


def with_second_name(name: str, second: str) -> bytes:
    """A ZIP whose part has another name in Unicode, which some programs read instead of the first."""
    target = io.BytesIO()
    info = zipfile.ZipInfo(name)
    written = second.encode()
    info.extra = struct.pack("<HHBI", 0x7075, len(written) + 5, 1, zlib.crc32(name.encode())) + written
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, CSV)
    return target.getvalue()


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("data.exe", PROGRAM_INSIDE),
        ("../data.csv", "a part has a path outside of the file"),
        ("a\u202e.csv", HIDDEN_NAME),
        ("data-é.csv", ""),
    ],
)
def test_a_second_name_is_looked_at_too(second: str, expected: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.zip", with_second_name("data.csv", second)) == expected


# --- bounds ---


def test_what_is_packed_twice_counts_twice(tmp_path: Path) -> None:
    """Each table unpacks to a hundred times its size: a hundred of them in a ZIP would be gigabytes."""
    heavy = office(extra={f"xl/{number}.xml": b" " * 95_000 for number in range(20)})
    noise = office(extra={"n.bin": bytes((number * 7919) % 251 for number in range(100_000))})
    assert refusal(tmp_path, "a.docx", heavy) == TOO_LARGE
    assert refusal(tmp_path, "a.zip", zipped({"a.docx": noise, "b.docx": heavy})) == TOO_LARGE
    allowance = Allowance()
    allowance.take(LARGEST_TOTAL)
    with pytest.raises(DamagedFile, match="far more"):
        allowance.take(1)


def test_archives_are_not_packed_without_an_end(tmp_path: Path) -> None:
    content = office()
    for _ in range(40):
        content = office(extra={"word/embeddings/a.docx": content})
    assert refusal(tmp_path, "a.docx", content) == NESTED_ARCHIVE


@pytest.mark.parametrize("name", ["word/embeddings/rka.xlsx", "word/embeddings/x.bin"])
def test_an_office_document_inside_another_is_looked_at(name: str, tmp_path: Path) -> None:
    sheet = office("spreadsheetml.sheet")
    acting = office("spreadsheetml.sheet", {"xl/sheet1.xml": "<x><f>cmd|'/c calc'!A0</f></x>"})
    assert refusal(tmp_path, "a.docx", office(extra={name: sheet})) == ""
    assert "DDE" in refusal(tmp_path, "a.docx", office(extra={name: acting}))
    assert refusal(tmp_path, "a.docx", office(extra={name: zipped({"a.csv": CSV})})) == NESTED_ARCHIVE
    assert refusal(tmp_path, "a.zip", zipped({"surat.docx": office(extra={name: acting})})) != ""
    for code in MACHINE_CODE.values():
        assert refusal(tmp_path, "a.odt", open_document(extra={"Pictures/1.png": code})) == PROGRAM_INSIDE


def test_an_encrypted_part_is_told(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": CSV}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(tmp_path, "a.zip", bytes(content)) == IS_ENCRYPTED


def between(content: bytes, at: int, hidden: bytes) -> bytes:
    """The archive with bytes that belong to no part."""
    end = content.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", content[end + 16 : end + 20])[0]
    directory = bytearray(content[start:end])
    place = 0
    while place < len(directory):
        offset = struct.unpack("<I", directory[place + 42 : place + 46])[0]
        directory[place + 42 : place + 46] = struct.pack("<I", offset + (len(hidden) if offset >= at else 0))
        place += 46 + sum(struct.unpack("<HHH", directory[place + 28 : place + 34]))
    tail = content[end : end + 16] + struct.pack("<I", start + len(hidden)) + content[end + 20 :]
    return content[:at] + hidden + content[at:start] + bytes(directory) + tail


def test_no_bytes_lie_between_the_parts(tmp_path: Path) -> None:
    content = zipped({"a.csv": CSV, "b.csv": CSV})
    second = content.index(b"PK\x03\x04", 4)
    end = content.index(b"PK\x01\x02")
    assert refusal(tmp_path, "a.zip", content) == ""
    assert refusal(tmp_path, "a.zip", between(content, second, b"")) == ""
    for at in (0, second, end):
        assert refusal(tmp_path, "a.zip", between(content, at, zipped({"x.exe": b"MZ"})[:60])) == BROKEN


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["a.zip", "a.docx", "a.ods"]), st.integers(0, 2_000), st.binary(min_size=1, max_size=8))
def test_any_bytes_in_an_archive_are_accepted_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: int, noise: bytes
) -> None:
    whole = {"a.zip": zipped(SHAPES), "a.docx": office(), "a.ods": open_document("spreadsheet")}[name]
    place = at % len(whole)
    changed = whole[:place] + noise + whole[place + len(noise) :]
    assert refusal(tmp_path_factory.getbasetemp(), name, changed) in {"", *IN_INDONESIAN}


def test_time_grows_with_the_data_and_no_faster(tmp_path: Path) -> None:
    def made(count: int) -> bytes:
        return zipped({f"{number}.mp3": mp3(40) for number in range(count)}, zipfile.ZIP_STORED)

    small, large = made(10), made(100)
    assert keep(
        lambda most, least: most <= 30 * max(least, 0.002),
        lambda: refusal(tmp_path, "a.zip", large),
        lambda: refusal(tmp_path, "a.zip", small),
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "rka.xlsx, which is packed inside, is an old Office file with macros"),
        ("id", "rka.xlsx yang dikemas di dalamnya adalah berkas Office lama dengan makro"),
    ],
)
def test_who_uploads_it_is_told_which_file_inside(
    app: Flask, people: People, city: None, language: str, told: str
) -> None:
    author, document = people.person(Role.AUTHOR, "dpu"), add_document(app)
    packed = zipped({"rka.xlsx": office("spreadsheetml.sheet"), "lama/rka.xls": compound("Workbook", "_VBA_PROJECT")})
    data = {"file": (BytesIO(packed), "data.zip")}
    refused = author("POST", path_of(document.id), data=data, headers={"Accept-Language": language})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unsupported_part")
    assert told.replace("rka.xlsx", "rka.xls", 1) in refused.json["errors"][0]["detail"]
