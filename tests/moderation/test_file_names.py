"""Moderation looks at everything that readers see of a document's file: its label, and the name under which it is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.documents.uploads import fresh_storage, send
from tests.factories import add_city, document_content
from tests.people import Caller, People

DOCUMENTS = "/manage/v1/documents"
ADVERT = "situs-slot-gacor-maxwin-deposit-pulsa.pdf"


@pytest.fixture
def author(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Caller:
    """An author of Dinas Pekerjaan Umum."""
    add_city(app)
    fresh_storage(app, monkeypatch, tmp_path)
    return people.person(Role.AUTHOR, "dpu")


def made(author: Caller) -> str:
    return str(author.post(DOCUMENTS, document_content()).json["data"]["id"])


def read(author: Caller, document: str) -> Any:
    return author.get(f"{DOCUMENTS}/{document}")


def reasons(author: Caller, document: str) -> list[tuple[str, str]]:
    return [(reason["code"], reason["pointer"]) for reason in read(author, document).json["data"]["hold"]]


@pytest.mark.parametrize(
    ("name", "label", "pointer"),
    [
        (ADVERT, "Rencana kerja 2026", "/files/0/name"),
        (ADVERT, None, "/files/0/label"),
        ("renja-2026.pdf", "Situs slot gacor maxwin deposit pulsa", "/files/0/label"),
    ],
)
def test_an_upload_with_an_advertisement_in_its_name_or_label_is_held(
    author: Caller, name: str, label: str | None, pointer: str
) -> None:
    document = made(author)

    uploaded = send(author, document, name=name, **({"label": label} if label else {}))

    assert uploaded.status_code == 201
    assert reasons(author, document) == [("lexicon", pointer)]


def test_a_domain_in_the_name_is_held_as_one_in_the_text(author: Caller) -> None:
    document = made(author)

    send(author, document, name="kunjungi tidak-dikenal.com sekarang.pdf", label="Rencana kerja")

    assert reasons(author, document) == [("unknown_domain", "/files/0/name")]


def test_a_new_label_does_not_hide_the_name_and_dropping_the_file_ends_the_hold(author: Caller) -> None:
    document = made(author)
    file = send(author, document, name=ADVERT).json["data"]["id"]  # type: ignore[index]
    path = f"{DOCUMENTS}/{document}"

    files = {"files": [{"id": file, "label": "Rencana kerja 2026"}]}
    renamed = author("PATCH", path, match=read(author, document).headers["ETag"], json=files)
    assert (renamed.status_code, reasons(author, document)) == (200, [("lexicon", "/files/0/name")])

    assert author("DELETE", f"{path}/files/{file}", match=renamed.headers["ETag"]).status_code == 204
    assert reasons(author, document) == []


def test_ordinary_names_pass(author: Caller) -> None:
    document = made(author)

    for name in ("Renja 2026.pdf", "SK_Kepala_Dinas_No.12.2026.pdf", "slot parkir balai kota.pdf"):
        assert send(author, document, name=name, label="Lampiran").status_code == 201

    assert reasons(author, document) == []
