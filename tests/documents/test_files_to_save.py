"""PDF files that were not looked into, or begin behind other bytes: taken with a warning, saved by browsers and never shown."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from tests.documents.published_files import SAFE, Published
from tests.documents.samples import PDF
from tests.documents.uploads import fresh_storage, path_of
from tests.factories import NEWS
from tests.people import People


@pytest.fixture
def published(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, people: People, city: None) -> Published:
    """A document that readers have, with one file."""
    fresh_storage(app, monkeypatch, tmp_path)
    found = Published(app, people)
    found.add()
    found.transition("publish")
    return found


@pytest.mark.parametrize(
    ("content", "is_protected", "code", "told"),
    [
        (PDF.replace(b"trailer", b"trailer<</Encrypt 8 0 R>>"), True, "protected_file", "Simpan tanpa kata sandi"),
        (b"\x1b%-12345X@PJL\r\n" + PDF, False, "bytes_beside_pdf", "simpan atau cetak sebagai PDF"),
    ],
)
def test_a_pdf_that_was_not_looked_into_is_taken_with_a_warning_and_only_saved(
    published: Published, content: bytes, is_protected: bool, code: str, told: str
) -> None:
    fields = {"file": (BytesIO(content), "sk.pdf")}
    answer = published.editor("POST", path_of(published.id), data=fields, headers={"Accept-Language": "id"})
    assert answer.status_code == 201, answer.json
    added, [warning] = answer.json["data"], answer.json["meta"]["warnings"]
    assert (added["protected"], warning["code"], warning["pointer"]) == (is_protected, code, "/files/1")
    assert told in warning["detail"]
    assert published.editor.get(added["url"]).headers["Content-Disposition"] == 'attachment; filename="sk.pdf"'

    editors = published.editor.get(f"/manage/v1/documents/{published.id}").json["meta"]["warnings"]
    assert [(each["code"], each["pointer"]) for each in editors] == [(code, "/files/1")]
    published.file_id = added["id"]
    published.transition("publish", NEWS)

    shown = published.site.get(f"/v1/documents/{published.id}").json["data"]["files"][-1]
    assert (shown["media_type"], shown["protected"]) == ("application/pdf", is_protected)
    delivered = published.get()
    assert (delivered.data, delivered.mimetype) == (content, "application/pdf")
    assert delivered.headers["Content-Disposition"] == 'attachment; filename="sk.pdf"'
    assert {name: dict(delivered.headers)[name] for name in SAFE} == SAFE
