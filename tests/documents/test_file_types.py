"""What a file is, by its content (R-F2, R-F5), and what its name becomes (R-F1)."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.errors import Invalid, UnsupportedType
from cms.core.storage.names import LONGEST_NAME, clean_name, extension_of
from cms.documents.file_types import recognised_type
from cms.documents.kinds import ACCEPTED_EXTENSIONS
from tests.conftest import SHARED_DATA
from tests.documents.samples import GOOD, JPEG, PDF, PNG, WEBP, office, open_document, zipped


def kind_of(folder: Path, name: str, content: bytes) -> str:
    path = folder / "upload"
    path.write_bytes(content)
    return recognised_type(path, name).media_type


def refusal(folder: Path, name: str, content: bytes) -> str:
    """The code with which the file is refused."""
    with pytest.raises(Invalid) as caught:
        kind_of(folder, name, content)
    return caught.value.errors[0].code if caught.value.errors else caught.value.code


@pytest.mark.parametrize("name", sorted(GOOD))
def test_accepted_kinds_are_recognised(tmp_path: Path, name: str) -> None:
    content, media_type = GOOD[name]
    assert kind_of(tmp_path, name, content) == media_type


@pytest.mark.parametrize("path", sorted((SHARED_DATA / "pdf").glob("*.pdf")) or [None])
def test_real_documents_of_the_city_are_accepted(tmp_path: Path, path: Path | None) -> None:
    if path is None:
        pytest.skip("the city's own files are not on this machine")
    assert recognised_type(path, path.name).media_type == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.txt", b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>"),
        ("a.csv", b"<html><script>alert(1)</script>"),
        ("a.csv", b"a,b\n<script>alert(1)</script>"),
        ("a.txt", b"#!/bin/sh\nrm -rf /"),
        ("a.txt", b"x <?php system($_GET[0]); ?>"),
        ("a.html", b"<!doctype html>"),
        ("a.js", b"alert(1)"),
        ("a.exe", b"MZ\x90\x00" + b"\x00" * 200),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("a.rtf", b"{\\rtf1 x}"),
        ("a.gif", b"GIF89a" + b"\x00" * 50),
        ("a.pdf", b"\x00" * 100),
        ("a.pdf", b"GIF89a%PDF-1.7\n%%EOF"),
        ("a.docm", zipped({"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"})),
        ("a.docx", office(extra={"word/vbaProject.bin": b"x"})),
        ("a.docx", office(extra={"word/evil.html": b"x"})),
        ("a.odt", open_document(extra={"Basic/Standard/Module1.xml": "x"})),
        ("a.odt", open_document("graphics")),
        ("a.webp", b"RIFF" + struct.pack("<I", 8) + b"AVI LIST"),
    ],
)
def test_other_kinds_are_refused_and_the_accepted_ones_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "upload").write_bytes(content)
    is_disguised = Path(name).suffix in ACCEPTED_EXTENSIONS
    with pytest.raises(Invalid if is_disguised else UnsupportedType) as caught:
        recognised_type(tmp_path / "upload", name)
    assert caught.value.code == "unsupported_file_type"
    assert "PDF" in caught.value.params["allowed"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", PDF),
        ("a.docx", zipped({"a.txt": "x"})),
        ("a.zip", office()),
        ("a.pdf", office()),
        ("a.png", JPEG),
        ("a", PDF),
        ("a.pdf.exe", PDF),
        ("a.xlsx", office()),
    ],
)
def test_the_extension_must_agree(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(tmp_path, name, content) == "extension_mismatch"


def entry(name: str, *, mode: int = 0, flags: int = 0) -> bytes:
    """A DOCX with one more part of this name."""
    target = io.BytesIO(office())
    with zipfile.ZipFile(target, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "x")
    content = bytearray(target.getvalue())
    if flags:
        start = content.rindex(b"PK\x01\x02")
        content[start + 8] |= flags
    return bytes(content)


def lying_size() -> bytes:
    """A DOCX whose last part says that it unpacks to less than it does."""
    content = bytearray(office(extra={"z.xml": "x" * 5_000}))
    start = content.rindex(b"PK\x01\x02")
    content[start + 24 : start + 28] = struct.pack("<I", 10)
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF[:-7]),
        ("a.jpg", JPEG[:-2]),
        ("a.png", PNG[:-5]),
        ("a.png", PNG + b"<script>"),
        ("a.webp", WEBP[:-3]),
        ("a.docx", office()[:-30]),
        ("a.docx", office() + b"trailing"),
        ("a.docx", b"PK\x03\x04"),
        ("a.docx", office(extra={"bomb.xml": b"\x00" * 5_000_000})),
        ("a.docx", office(extra={f"{number}.xml": b"" for number in range(1_000)})),
        ("a.docx", office(extra={"inner.zip": zipped({"a": "b"})})),
        ("a.docx", entry("../../etc/passwd")),
        ("a.docx", entry("/etc/passwd")),
        ("a.docx", entry("C:\\x")),
        ("a.docx", entry("..\\..\\x")),
        ("a.docx", entry("link", mode=0o120777)),
        ("a.docx", entry("secret.xml", flags=1)),
        ("a.docx", entry("MAIN.XML")),
        ("a.docx", lying_size()),
        ("a.csv", b"a" * 5_000 + b"\x00"),
        ("a.csv", b"\xe9" * 5_000 + b"\x01"),
        ("a.txt", b"a\x1b[31m"),
    ],
)
def test_damaged_and_dangerous_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(tmp_path, name, content) == "damaged_file"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.pdf", b"") == "empty_file"


@given(st.binary(max_size=300), st.sampled_from(sorted(GOOD)), st.integers(0, 300))
def test_no_content_is_more_than_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, name: str, at: int
) -> None:
    good = GOOD[name][0]
    path = tmp_path_factory.getbasetemp() / "noise"
    path.write_bytes(good[:at] + noise + good[at + len(noise) :])
    try:
        recognised_type(path, name)
    except Invalid:
        return


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("renja 2026.pdf", "renja 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\renja.pdf", "renja.pdf"),
        ("\\\\server\\bagian\\renja.pdf", "renja.pdf"),
        ("D:renja.pdf", "renja.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("aux", "_aux"),
        ("konsep.pdf", "konsep.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\u200bb\x00c\r\n.pdf", "abc.pdf"),
        ("  .htaccess", "htaccess"),
        ('a"b<c>|?*:.pdf', "a_b_c_____.pdf"),
        ("", "berkas"),
        ("...", "berkas"),
        (".pdf", "pdf"),
        ("caf\u0065\u0301.pdf", "caf\u00e9.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
    ],
)
def test_names_are_cleaned(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text())
def test_a_clean_name_is_a_short_harmless_word_and_stays_as_it_is(given_name: str) -> None:
    name = clean_name(given_name)
    assert 0 < len(name) <= LONGEST_NAME
    assert not any(each in name for each in '/\\"\r\n\x00')
    assert not any(unicodedata.category(each) in {"Cc", "Cf", "Cs"} for each in name)
    assert clean_name(name) == name
    assert extension_of(name) == extension_of(name).lower()
