"""Personal data in files hold the publication of a document once they are read; what is found later is told at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.followers import follow_log
from cms.changes.models import Change
from cms.core.db import session
from cms.core.metrics import MODERATION_ALARMS
from cms.core.permissions import Role
from cms.documents.tasks import look_through_next
from cms.file_texts.tasks import read_waiting
from cms.notifications.followers import NAME, tell_people
from tests.documents.uploads import send
from tests.factories import add_document
from tests.file_texts.samples import pdf
from tests.people import Caller, People

NIK = "6471014502900003"
REASON = "Nomor contoh, bukan milik siapa pun."


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def document(app: Flask, city: None) -> str:
    return str(add_document(app).id)


def work(app: Flask) -> None:
    """Let the worker read what waits and look through it."""
    with app.app_context():
        while read_waiting() or look_through_next():
            pass


def act(caller: Caller, document: str, verb: str, body: dict[str, Any] | None = None) -> Any:
    path = f"/manage/v1/documents/{document}"
    return caller("POST", f"{path}/{verb}", match=caller.get(path).headers["ETag"], json=body or {})


def found(caller: Caller, document: str) -> dict[str, Any]:
    return dict(caller.get(f"/manage/v1/documents/{document}/personal-data").json["data"])  # type: ignore[index]


def confirm(caller: Caller, document: str) -> Any:
    ids = [each["id"] for each in found(caller, document)["findings"]]
    return act(caller, document, "personal-data/confirm", {"reason": REASON, "findings": ids})


def lines(app: Flask, document: str) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Change.action).where(Change.resource_id == document)))


def test_a_file_holds_the_publication_once_it_is_read(app: Flask, editor: Caller, document: str) -> None:
    added = send(editor, document, pdf("Keputusan", f"Penerima: Siti, NIK {NIK}")).json["data"]  # type: ignore[index]
    assert found(editor, document)["holds"] is False

    work(app)

    refused = act(editor, document, "publish")
    assert (refused.status_code, refused.json["code"]) == (409, "personal_data")
    (told,) = refused.json["findings"]
    assert (told["kind"], told["pointer"], told["file"], told["page"]) == ("nik", "/files/0", added["id"], 2)
    assert NIK not in refused.text
    assert confirm(editor, document).status_code == 200
    assert act(editor, document, "publish").status_code == 200
    assert "document.exposed" not in lines(app, document)


def test_the_line_of_a_table_is_told(app: Flask, editor: Caller, document: str) -> None:
    send(editor, document, f"No,Nama,NIK\n1,Siti,{NIK}\n".encode(), "penerima.csv")

    work(app)

    (told,) = found(editor, document)["findings"]
    assert (told["kind"], told["page"], told["line"]) == ("nik", None, 2)


def test_what_is_found_after_publication_is_told_to_people_and_operators(
    app: Flask, people: People, editor: Caller, document: str
) -> None:
    elsewhere = people.person(Role.AGENCY_EDITOR, "dishub")
    send(editor, document, pdf(f"NIK {NIK}"))
    assert act(editor, document, "publish").status_code == 200
    before = MODERATION_ALARMS.labels("personal_data_public")._value.get()

    work(app)
    work(app)

    assert lines(app, document).count("document.exposed") == 1
    assert MODERATION_ALARMS.labels("personal_data_public")._value.get() == before + 1
    with app.app_context():
        follow_log(NAME, tell_people)
    told = editor.get("/manage/v1/notifications?kind=personal_data").json["data"]  # type: ignore[index]
    assert [each["resource"]["id"] for each in told] == [document]
    assert NIK not in str(told)
    assert elsewhere.get("/manage/v1/notifications?kind=personal_data").json["data"] == []  # type: ignore[index]
    # It is confirmed while it is public, and nothing is told again.
    assert confirm(editor, document).status_code == 200
    assert found(editor, document)["holds"] is False


def test_the_same_bytes_hold_another_document_at_once(app: Flask, editor: Caller, document: str) -> None:
    file = pdf(f"NIK {NIK}")
    send(editor, document, file)
    work(app)
    other = str(add_document(app, title="Lain").id)

    answer = send(editor, other, file)

    assert answer.status_code == 201
    assert act(editor, other, "publish").json["code"] == "personal_data"
