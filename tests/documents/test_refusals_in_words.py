"""What refused files are and why is told in both languages, with what to do."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

import cms
from cms.core.http.messages import PROBLEMS, Text
from cms.core.http.messages.file_reasons import IN_INDONESIAN
from cms.core.permissions import Role
from cms.core.storage import known_kinds
from cms.documents.office_parts import DDE_REASON
from cms.documents.pdf_actions import FORBIDDEN
from tests.documents.samples import compound
from tests.documents.uploads import path_of
from tests.factories import add_document
from tests.people import People

FAULTS = frozenset({"DamagedFile", "UnsupportedFile"})


def said_by(module: ModuleType) -> set[str]:
    """The texts that this module raises a fault with: written in the call, put together there, or in a constant that it names."""
    said: set[str] = set()
    for call in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FAULTS:
            for argument in call.args:
                said |= set(texts_of(argument, module))
    return said


def texts_of(expression: ast.expr, module: ModuleType) -> Iterator[str]:
    """What the expression can be; nothing for what is known only when it runs."""
    if isinstance(expression, ast.IfExp):
        yield from texts_of(expression.body, module)
        yield from texts_of(expression.orelse, module)
    elif isinstance(expression, ast.Constant | ast.JoinedStr | ast.Name):
        try:
            value = eval(compile(ast.Expression(expression), str(module.__file__), "eval"), vars(module))  # noqa: S307 - our own source
        except NameError:
            return
        if isinstance(value, str):
            yield value


def test_each_reason_and_each_kind_is_told_in_indonesian_too() -> None:
    """Texts that are put together are shown by the other tests."""
    said = {
        *FORBIDDEN.values(),
        DDE_REASON,
        *(value for name, value in vars(known_kinds).items() if name.isupper() and isinstance(value, str)),
    }
    said |= {name for _, name in (*known_kinds._BEGINNINGS, *known_kinds._INSIDE_OLD_OFFICE)}
    for source in (Path(cms.__file__).parent / "documents").glob("*.py"):
        said |= said_by(importlib.import_module(f"cms.documents.{source.stem}"))
    assert len(said) > 60
    assert said - IN_INDONESIAN.keys() == set()
    assert not [english for english, indonesian in IN_INDONESIAN.items() if english == indonesian]


def test_words_about_a_file_are_translated_wherever_they_stand() -> None:
    text = Text("Unsafe: {reason}.", "Tidak aman: {reason}.")
    assert text.filled("id", {"reason": DDE_REASON}) == "Tidak aman: meminta data dari program lain (DDE)."
    assert text.filled("en", {"reason": DDE_REASON}) == f"Unsafe: {DDE_REASON}."
    assert text.filled("id", {"reason": ["x"]}) == "Tidak aman: ['x']."
    told = PROBLEMS["unsupported_file_type"].detail.filled("id", {"found": known_kinds.RTF, "allowed": "PDF"})
    assert told == "Berkas ini berkas RTF: simpan sebagai .docx. Yang diterima: PDF."


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "The file is an Office file with a password: remove the password and save it again. Accepted are PDF, DOCX",
        ),
        (
            "id",
            "Berkas ini berkas Office berkata sandi: hapus kata sandinya lalu simpan lagi. Yang diterima: PDF, DOCX",
        ),
    ],
)
def test_who_uploads_an_encrypted_table_is_told_what_to_do(
    app: Flask, people: People, city: None, language: str, told: str
) -> None:
    author, document = people.person(Role.AUTHOR, "dpu"), add_document(app)
    data = {"file": (BytesIO(compound("EncryptedPackage")), "rka.xlsx")}

    refused = author("POST", path_of(document.id), data=data, headers={"Accept-Language": language})

    assert (refused.status_code, refused.json["code"]) == (422, "unsupported_file_type")
    assert told in refused.json["detail"]
