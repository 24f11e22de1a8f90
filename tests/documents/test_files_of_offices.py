"""Files as offices really send them: the harmless are accepted, and of the others the real reason is told, with what to do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cms.core.errors import DomainError, Invalid, UnsupportedType
from cms.core.storage import known_kinds
from cms.documents.file_types import recognised_type
from cms.documents.kinds import ACCEPTED_EXTENSIONS
from tests.documents.recognising import recognised, refusal
from tests.documents.samples import (
    CSV,
    GEOJSON,
    PDF,
    compound,
    office,
    open_document,
)  # fmt: skip

ICON = (
    '<svg viewBox="0 0 96 96" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" overflow="hidden"><defs>'
    '<style>.MsftOfcThm_Accent1_Fill { fill:#4472C4; } .x { fill: url( "#g" ) }</style><linearGradient id="g"/></defs>'
    '<path class="MsftOfcThm_Accent1_Fill" d="M48 8 88 88 8 88Z"/><use xlink:href="#g"/><image href="data:image/png;base64,AA=="/></svg>'
)
SVG_TYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'


# --- office documents ---


@pytest.mark.parametrize("kind", ["wordprocessingml.document", "presentationml.presentation"])
@pytest.mark.parametrize("icon", [ICON, SVG_TYPE + ICON, '<?xml version="1.0"?>' + ICON])
def test_an_icon_of_office_365_is_harmless(kind: str, icon: str, tmp_path: Path) -> None:
    name = "a.docx" if "word" in kind else "a.pptx"
    assert refusal(tmp_path, name, office(kind, {"word/media/image2.svg": icon})) == ""
    assert refusal(tmp_path, "a.odt", open_document(extra={"Pictures/1.svg": icon})) == ""


ACTIVE_DRAWINGS = (
    "<script>x()</script>", '<g onload="x()"/>', '<g ONCLICK="x()"/>', '<image href="https://x.example/a.png"/>',
    '<use xmlns:l="http://www.w3.org/1999/xlink" l:href="file://x/a.svg#b"/>', "<foreignObject><p/></foreignObject>",
    "<style>@import 'https://x.example/a.css';</style>", "<style>a { fill: url(//x.example/a) }</style>",
    "<style>a { fill: u<!-- -->rl('https://x.example/a') }</style>", "<style>a { fill: \\75rl(https://x.example) }</style>",
    '<path style="fill: url( &quot;https://x.example&quot; )"/>', '<a href="https://x.example"><path/></a>',
    '<a href="java&#115;cript:x()"/>', '<s:script xmlns:s="http://www.w3.org/2000/svg"/>', "<?xml-stylesheet href='https://x.example'?>",
    '<set attributeName="href" to="https://x.example"/>', '<image href="data:image/svg+xml,%3Csvg/%3E"/>',
)  # fmt: skip


@pytest.mark.parametrize("inside", ACTIVE_DRAWINGS)
@pytest.mark.parametrize("name", ["word/media/image2.svg", "word/media/IMAGE.SVG"])
def test_a_drawing_that_acts_is_refused(inside: str, name: str, tmp_path: Path) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    assert "a drawing inside" in refusal(tmp_path, "a.docx", office(extra={name: drawing}))


def test_a_drawing_that_is_packed_or_no_drawing_is_refused(tmp_path: Path) -> None:
    assert "macros or scripts" in refusal(tmp_path, "a.docx", office(extra={"word/media/a.svgz": ICON}))
    assert refusal(tmp_path, "a.docx", office(extra={"word/media/a.svg": "<svg"})) == "a part is not XML"
    for declared in (
        '<!DOCTYPE svg [<!ENTITY x "y">]>',
        SVG_TYPE.replace('">', '" [<!ENTITY x "y">]>'),
    ):
        assert "entities" in refusal(tmp_path, "a.docx", office(extra={"word/media/a.svg": declared + ICON}))


def test_settings_for_printers_of_office_for_mac_are_harmless(tmp_path: Path) -> None:
    """They are a list of Apple with a document type, twice."""
    settings = (
        '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
        "<plist/>\0"
    )
    extra: dict[str, bytes | str] = {"ppt/printerSettings/printerSettings1.bin": settings * 2}
    assert refusal(tmp_path, "a.pptx", office("presentationml.presentation", extra)) == ""


@pytest.mark.parametrize(
    ("streams", "told"),
    [
        (("EncryptionInfo", "EncryptedPackage"), "remove the password"),
        (("WordDocument", "1Table"), "save it as .docx"),
        (("Workbook",), "save it as .xlsx"),
        (("Book",), "save it as .xlsx"),
        (("PowerPoint Document", "Current User"), "save it as .pptx"),
        (("__nameid_version1.0",), "Outlook"),
        (("Contents", "ThisWorkbook"), "an old Office file"),
    ],
)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.doc", "a.xls", "a.ppt", "a.pdf", "a.csv"])
def test_old_and_encrypted_office_files_are_named_rightly(
    streams: tuple[str, ...], told: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(compound(*streams))
    is_disguised = Path(name).suffix in ACCEPTED_EXTENSIONS
    with pytest.raises(Invalid if is_disguised else UnsupportedType) as caught:
        recognised_type(path, name)
    assert caught.value.code == "unsupported_file_type"
    assert told in caught.value.params["found"]


def rearranged(content: bytes, *, without: str = "", last: str = "") -> bytes:
    """The same archive without a part, or with a part at its end."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        names = sorted(source.namelist(), key=lambda name: name == last)
        for name in names:
            if name != without:
                archive.writestr(name, source.read(name))
    return target.getvalue()


def manifest(kind: str, inside: str = "") -> str:
    return (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry '
        f'manifest:full-path="/" manifest:version="1.3" manifest:media-type="application/vnd.oasis.opendocument.{kind}"/>'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{inside}</manifest:file-entry></manifest:manifest>'
    )


@pytest.mark.parametrize(("kind", "name"), [("text", "a.odt"), ("spreadsheet", "a.ods"), ("presentation", "a.odp")])
def test_an_open_document_is_one_wherever_its_mimetype_stands(kind: str, name: str, tmp_path: Path) -> None:
    whole = open_document(kind, {"META-INF/manifest.xml": manifest(kind)})
    for content in (rearranged(whole, last="mimetype"), rearranged(whole, without="mimetype")):
        assert recognised(tmp_path, name, content).media_type == f"application/vnd.oasis.opendocument.{kind}"
    with_macro = open_document(kind, {"META-INF/manifest.xml": manifest(kind), "Basic/Standard/x.xml": "x"})
    assert "macros" in refusal(tmp_path, name, rearranged(with_macro, last="mimetype"))
    assert "macros" in refusal(tmp_path, name, rearranged(with_macro, without="mimetype"))


def test_an_open_document_with_a_password_is_named(tmp_path: Path) -> None:
    protected = manifest("text", '<manifest:encryption-data manifest:checksum="x"/>')
    told = refusal(tmp_path, "a.odt", open_document(extra={"META-INF/manifest.xml": protected}))
    assert told == known_kinds.PROTECTED_OFFICE


def test_an_open_document_of_the_old_openoffice_is_accepted(tmp_path: Path) -> None:
    declared = '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
    assert refusal(tmp_path, "a.odt", open_document(extra={"META-INF/manifest.xml": declared + manifest("text")})) == ""


# --- tables and texts ---

CELLS = "Kelurahan;Jumlah\r\nBalikpapan Kota \u2013 “Prapatan”;1.250\r\nKampung Baru Ilir, Rp 5·000;café\r\n"


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_a_table_in_other_characters_is_named_with_what_to_do(coding: str, name: str, tmp_path: Path) -> None:
    assert 'save it as "CSV UTF-8"' in refusal(tmp_path, name, CELLS.encode(coding))
    assert refusal(tmp_path, name, CELLS.encode("utf-8-sig")) == ""


@pytest.mark.parametrize("content", [b"<5 tahun,12\n", b"< 1 km\n", b'"<5 tahun",12\n', b"a < b\n"])
def test_a_sign_for_less_is_no_page(content: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.csv", content) == ""


@given(
    st.text(st.characters(codec="cp1252", categories=("L", "N", "P", "Zs")), min_size=1),
    st.sampled_from(["cp1252", "utf-16"]),
)
def test_no_text_of_windows_is_called_damaged(tmp_path_factory: pytest.TempPathFactory, text: str, coding: str) -> None:
    """What is no UTF-8 is told to be no UTF-8, whatever it begins with."""
    content = ("Nama," + text + "\n").encode(coding)
    told = refusal(tmp_path_factory.getbasetemp(), "a.csv", content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        assert told == known_kinds.OTHER_CHARACTERS
    else:
        assert told == ""


# --- PDF behind other bytes ---


@pytest.mark.parametrize("before", [b"\n", b"\r\n\r\n  ", b"\xef\xbb\xbf", b"\0\0", b"\xef\xbb\xbf\n\x0c"])
def test_a_pdf_behind_blanks_is_a_pdf(before: bytes, tmp_path: Path) -> None:
    assert recognised(tmp_path, "a.pdf", before + PDF) == recognised(tmp_path, "a.pdf", PDF)


@pytest.mark.parametrize(
    "before",
    [b"\x1b%-12345X@PJL SET DUPLEX=ON\r\n@PJL ENTER LANGUAGE=PDF\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n", b"x" * 1_024, b"\x1a"],
)  # fmt: skip
def test_a_pdf_behind_lines_of_a_program_is_a_file_to_save(before: bytes, tmp_path: Path) -> None:
    found = recognised(tmp_path, "a.pdf", before + PDF)
    assert (found.media_type, found.is_protected, found.is_attachment) == ("application/pdf", False, True)


@pytest.mark.parametrize(
    "before",
    [
        b"GIF89a", b"MZ\x90\0", b"<html>", b"#!/bin/sh\n", b"\xef\xbb\xbf<script>x()</script>", b"Rar!\x1a\x07\0", b"{\\rtf1 ", b"\x1f\x8b",
        b"text <script>x()</script>", b"\xff\xfea\0", b"%!PS\n", b"RIFF\0\0\0\0WAVE", bytes.fromhex("d0cf11e0a1b11ae1"), b"II*\0", b"#!AMR\n",
        b"<?php system($_GET[0]); ?>", b"\x7fELF", b"SQLite format 3\0",
    ],
)  # fmt: skip
def test_a_pdf_that_is_something_else_as_well_is_refused(before: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.pdf", before + PDF) != ""


@given(st.binary(max_size=200))
def test_no_browser_shows_a_pdf_that_begins_with_anything_but_blanks(
    tmp_path_factory: pytest.TempPathFactory, before: bytes
) -> None:
    assume(b"%PDF-" not in before)
    try:
        found = recognised(tmp_path_factory.getbasetemp(), "a.pdf", before + PDF)
    except DomainError:
        return
    assert found.is_attachment == bool(before.removeprefix(b"\xef\xbb\xbf").strip(b"\0\t\n\x0c\r "))


# --- names of what is refused ---

NAMED = {
    b"II*\0" + bytes(50): "save it as JPEG or PNG",
    b"MM\0*" + bytes(50): "save it as JPEG or PNG",
    b"BM" + bytes(50): "save it as JPEG or PNG",
    b"GIF89a" + bytes(50): "save it as JPEG or PNG",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "an SVG drawing",
    b"<?xml version='1.0'?><!-- Inkscape --><svg/>": "an SVG drawing",
    b"<html><table></table></html>": "a web page",
    b"<?xml version='1.0'?><x/>": "a web page or XML",
    b"Rar!\x1a\x07\x01\0": "pack it as ZIP",
    b"7z\xbc\xaf\x27\x1c": "pack it as ZIP",
    b"MZ\x90\0": "a program",
    b"#!/bin/sh": "a program",
    b"<?php x();": "a program",
    b"{\\rtf1": "an RTF file",
    b"AC1032" + bytes(9): "a technical drawing",
    b"SQLite format 3\0": "a database",
    b"# Catatan\n": "save it as .txt",
    b"BM 12\n": "save it as .txt",
    b"FORM Pendaftaran\n": "save it as .txt",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "MP3 or MP4",
    b"\x01\x02\x03\x04" * 9: "of an unknown kind",
    CSV.decode().encode("utf-16"): "not UTF-8",
    b"tar".ljust(257, b"\0") + b"ustar\0": "pack it as ZIP",
}


@pytest.mark.parametrize("content", NAMED)
def test_what_is_refused_is_named(content: bytes, tmp_path: Path) -> None:
    assert NAMED[content] in refusal(tmp_path, "a.xyz", content)


@given(st.binary(max_size=40))
def test_two_bytes_are_no_reason_to_guess(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    """A name for the kind of a file is one of ours, and an accepted file is never called another kind."""
    path = tmp_path_factory.getbasetemp() / "noise"
    path.write_bytes(noise or b"x")
    words = {value for value in vars(known_kinds).values() if isinstance(value, str)}
    words |= {name for _, name in (*known_kinds._BEGINNINGS, *known_kinds._LETTERS, *known_kinds._INSIDE_OLD_OFFICE)}
    assert known_kinds.kind_of(path) in words
    path.write_bytes(GEOJSON)
    assert known_kinds.kind_of(path) == known_kinds.UNKNOWN
