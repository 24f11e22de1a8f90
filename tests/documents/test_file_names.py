"""The name of an upload, however the program writes it: paths of Windows, characters of Windows, no quotes."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.sansio.multipart import Event, Field, File, NeedData

from cms.core.http.form_headers import FormDecoder, readable_headers
from cms.core.permissions import Role
from cms.core.storage.names import clean_name
from tests.core.processor_time import takes_at_most
from tests.documents.samples import PDF
from tests.documents.uploads import BOUNDARY, form, send_raw
from tests.factories import add_document
from tests.people import People


def decoded(disposition: bytes) -> File | Field:
    """The part with this header, as the server reads it."""
    decoder = FormDecoder(BOUNDARY.encode())
    decoder.receive_data(
        form(b"--" + BOUNDARY.encode() + b"\r\nContent-Disposition: " + disposition + b"\r\n\r\nx\r\n")
    )
    event: Event = decoder.next_event()
    while not isinstance(event, File | Field | NeedData):
        event = decoder.next_event()
    assert isinstance(event, File | Field)
    return event


def file_name(disposition: bytes) -> str:
    event = decoded(b'form-data; name="file"; ' + disposition)
    assert isinstance(event, File)
    return clean_name(event.filename)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (rb'filename="C:\Users\a\renja.pdf"', "renja.pdf"),
        (rb'filename="C:\\Users\\a\\renja.pdf"', "renja.pdf"),
        (rb'filename="\\server\bagian umum\renja kerja.pdf"', "renja kerja.pdf"),
        (rb"filename=C:\Users\a\renja.pdf", "renja.pdf"),
        (b"filename=Rencana Kerja 2026.pdf", "Rencana Kerja 2026.pdf"),
        (b'filename="caf\xe9 \x96 \x93Satu\x94.pdf"', "café \u2013 “Satu”.pdf"),
        (b'FILENAME="D:\\Foto\\caf\xe9.pdf"', "café.pdf"),
        (b'filename="a\x81b.pdf"', "a_b.pdf"),
        ('filename="Peta é №5.pdf"'.encode(), "Peta é №5.pdf"),
        (b'filename="a\\"b.pdf"', "a_b.pdf"),
        (b'filename="a%22b.pdf"', "a_b.pdf"),
        (b"filename=\"x.pdf\"; filename*=UTF-8''caf%C3%A9.pdf", "café.pdf"),
        (b"filename*=iso-8859-1''caf%E9.pdf", "café.pdf"),
        (b'filename="x; filename=evil.exe; y.pdf"', "x; filename=evil.exe; y.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_read_as_its_program_meant_it(written: bytes, kept: str) -> None:
    assert file_name(written) == kept


NAMES = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cf"), exclude_characters='"/\\:'), min_size=1)
FOLDERS = st.lists(st.text(st.characters(codec="cp1252", categories=("L", "N")), min_size=1, max_size=5), max_size=3)


@given(NAMES, FOLDERS, st.sampled_from(["utf-8", "cp1252"]), st.sampled_from(["", "C:\\", "\\\\server\\"]))
def test_a_path_in_quotes_keeps_its_last_part(name: str, folders: list[str], coding: str, root: str) -> None:
    path = root + "".join(f"{folder}\\" for folder in folders) + name
    written = path.encode(coding)
    if coding == "cp1252" and is_utf8(written):
        # Nobody can tell, and it is read as what browsers send.
        return
    assert file_name(b'filename="' + written.replace(b"%", b"%25") + b'"') == clean_name(name.replace("%", "%25"))


def is_utf8(written: bytes) -> bool:
    try:
        return not written.isascii() and bool(written.decode("utf-8"))
    except UnicodeDecodeError:
        return False


@given(st.binary(max_size=200))
def test_no_header_is_more_than_refused(noise: bytes) -> None:
    readable_headers(noise).decode("utf-8")


@pytest.mark.parametrize("noise", [b'"', b'\\"', b'"\\', b"\\", b"filename=", b'filename="', b"\xe9", b';filename=a"'])
def test_a_header_costs_its_length(noise: bytes) -> None:
    assert takes_at_most(0.5, lambda: readable_headers(noise * (128_000 // len(noise))))


def test_a_file_of_windows_is_stored_under_its_name(app: Flask, people: People, city: None) -> None:
    author, document = people.person(Role.AUTHOR, "dpu"), add_document(app)
    disposition = b'Content-Disposition: form-data; name="file"; filename="C:\\Users\\Siti\\R\xe9nja 2026.pdf"'
    body = form(b"--" + BOUNDARY.encode() + b"\r\n" + disposition + b"\r\n\r\n" + PDF + b"\r\n")

    answer = send_raw(author, document.id, body)

    assert answer.status_code == 201, answer.json
    assert answer.json["data"]["name"] == "Rénja 2026.pdf"


def test_a_part_without_a_name_is_told(app: Flask, people: People, city: None) -> None:
    author, document = people.person(Role.AUTHOR, "dpu"), add_document(app)
    body = form(b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; filename="a.pdf"\r\n\r\nx\r\n')
    answer = send_raw(author, document.id, body)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_form")
    assert "no name" in answer.json["detail"]
