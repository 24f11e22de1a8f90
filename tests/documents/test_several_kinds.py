"""A file is one kind: what is a PDF, a picture, a sound or a film to one program is no archive, page or PDF to another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.documents.several_kinds import TWO_KINDS, TWO_KINDS_OF_MEDIA
from tests.documents.recognising import recognised, refusal
from tests.documents.samples import CSV, JPEG, PDF, PNG, WEBP, _chunk, box, id3, mp3, mp4, zipped

ARCHIVE = zipped({"a.exe": b"MZ\x90\0" + bytes(100), "b.csv": CSV})
BEHIND = {
    "ZIP": ARCHIVE, "RAR": b"Rar!\x1a\x07\x01\0" + bytes(40), "old RAR": b"Rar!\x1a\x07\0" + bytes(40), "7z": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "page": b"<html><script>x()</script>", "PHP": b"<?php system($_GET[0]);", "program": b"MZ\x90\0" + bytes(60), "Linux": b"\x7fELF" + bytes(60),
    "shell": b"#!/bin/sh\nrm -rf /\n", "cabinet": b"MSCF\0\0\0\0" + bytes(40),
}  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(sorted(BEHIND)), st.sampled_from([b"", b"\n", b"\r\n\0\0", b" " * 500]))
def test_a_pdf_with_another_file_behind_its_end_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, blanks: bytes
) -> None:
    assert refusal(tmp_path_factory.getbasetemp(), "a.pdf", PDF + blanks + BEHIND[name]) == TWO_KINDS


def commented(content: bytes, comment: bytes) -> bytes:
    """An archive that ends with a comment."""
    return content[:-2] + len(comment).to_bytes(2, "little") + comment


@pytest.mark.parametrize("comment", [b"\n%%EOF\n", b"x" * 40_000 + b"%%EOF"])
def test_an_archive_whose_comment_is_the_end_of_the_pdf_is_seen(comment: bytes, tmp_path: Path) -> None:
    for archive in (commented(ARCHIVE, comment), ARCHIVE + comment):
        assert refusal(tmp_path, "a.pdf", PDF + b"9 0 obj<<>>stream\n" + archive) == TWO_KINDS


def test_a_pdf_that_is_a_tar_is_refused(tmp_path: Path) -> None:
    tar = b"%PDF-1.7".ljust(257, b"\0") + b"ustar\x0000" + bytes(248)
    assert refusal(tmp_path, "a.pdf", tar + PDF) == TWO_KINDS


@pytest.mark.parametrize("behind", [b"\n", b"\r\n\r\n", b"\0" * 900, b"\x1a", b" \n"])
def test_a_pdf_before_blanks_is_a_pdf(behind: bytes, tmp_path: Path) -> None:
    assert recognised(tmp_path, "a.pdf", PDF + behind) == recognised(tmp_path, "a.pdf", PDF)


@pytest.mark.parametrize("behind", [b"\x1b%-12345X@PJL EOJ\r\n", b"0\r\n\r\n", b"Selesai dalam 0,2 detik"])
def test_a_pdf_before_lines_of_a_program_is_a_file_to_save(behind: bytes, tmp_path: Path) -> None:
    found = recognised(tmp_path, "a.pdf", PDF + behind)
    assert (found.is_protected, found.is_attachment) == (False, True)


def test_a_pdf_that_was_saved_several_times_is_a_pdf(tmp_path: Path) -> None:
    saved = PDF + b"2 0 obj<</X(PK\5\6 Rar)>>endobj\ntrailer<<>>\n%%EOF\n"
    assert not recognised(tmp_path, "a.pdf", saved).is_attachment


def jpeg(*segments: bytes) -> bytes:
    """A JPEG with these segments, each behind its marker and length, and data with the bytes that only seem to be markers."""
    written = b"".join(b"\xff\xe1" + (len(each) + 2).to_bytes(2, "big") + each for each in segments)
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\xd9\xff\xd3\x34" * 20
    return b"\xff\xd8" + written + scan + b"\xff\xd9"


def png(extra: bytes) -> bytes:
    """The PNG with one more chunk before its end."""
    end = PNG.rindex(b"IEND") - 4
    return PNG[:end] + _chunk(b"teXt", extra) + PNG[end:]


MEDIA = {"a.jpg": (jpeg(), jpeg), "a.png": (PNG, png), "a.mp4": (mp4(), lambda extra: mp4() + box(b"free", extra))}


@pytest.mark.parametrize("name", MEDIA)
def test_a_picture_or_film_with_an_archive_inside_is_refused(name: str, tmp_path: Path) -> None:
    plain, with_inside = MEDIA[name]
    assert refusal(tmp_path, name, plain) == ""
    assert refusal(tmp_path, name, with_inside(b"x" * 100)) == ""
    for kind in ("ZIP", "RAR", "old RAR", "7z", "cabinet"):
        assert refusal(tmp_path, name, with_inside(BEHIND[kind])) == TWO_KINDS_OF_MEDIA


@pytest.mark.parametrize("inside", sorted(BEHIND))
def test_a_jpeg_with_another_file_behind_its_end_is_refused(inside: str, tmp_path: Path) -> None:
    for picture in (JPEG, jpeg(), jpeg(b"Exif\0\0" + JPEG)):
        assert refusal(tmp_path, "a.jpg", picture + BEHIND[inside]) == TWO_KINDS_OF_MEDIA
    assert refusal(tmp_path, "a.mp3", mp3() + BEHIND["ZIP"]) == TWO_KINDS_OF_MEDIA
    assert refusal(tmp_path, "a.webp", WEBP + BEHIND[inside]) != ""
    assert refusal(tmp_path, "a.png", PNG + BEHIND[inside]) != ""


@pytest.mark.parametrize("behind", [b"", b"\0" * 40, JPEG, mp4(), b"SEFH\x6b\0\0\0" + bytes(30), b"\n"])
def test_what_cameras_put_behind_a_picture_stays(behind: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.jpg", jpeg() + behind) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", jpeg(PDF)),
        ("a.png", png(PDF)),
        ("a.mp4", box(b"ftyp", b"isom" + bytes(4) + PDF) + mp4()),
        ("a.mp3", mp3(tag=id3(PDF))),
    ],
)
def test_a_picture_that_is_a_pdf_as_well_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, name, content) == TWO_KINDS_OF_MEDIA


def test_a_picture_without_its_end_is_broken(tmp_path: Path) -> None:
    """The end of a small picture inside another one is not the end of the large one."""
    whole = jpeg(b"Exif\0\0" + JPEG)
    for length in range(2, len(whole)):
        assert refusal(tmp_path, "a.jpg", whole[:length]) != ""


@settings(deadline=None)
@given(st.sampled_from(["a.pdf", "a.jpg", "a.mp3"]), st.binary(max_size=80).filter(lambda behind: b"/" not in behind))
def test_any_bytes_behind_a_file_are_accepted_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, name: str, behind: bytes
) -> None:
    """But names of PDF: one of an action is refused as such."""
    whole = {"a.pdf": PDF, "a.jpg": jpeg(), "a.mp3": mp3()}[name]
    assert refusal(tmp_path_factory.getbasetemp(), name, whole + behind) in {"", TWO_KINDS, TWO_KINDS_OF_MEDIA}
