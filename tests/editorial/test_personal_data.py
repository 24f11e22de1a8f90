"""Personal data in the texts of an item hold its publication until they are gone or confirmed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from cms.editorial.items.models import Edition
from tests.conftest import filled_tables
from tests.factories import post_content
from tests.people import Caller, People

NIK, OTHER = "6471014502900003", "6471015203880007"
REASON = "Nomor contoh, bukan milik siapa pun."


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


def made(caller: Caller, **values: Any) -> str:
    answer = caller.post("/manage/v1/posts", json=post_content(**values))
    assert answer.status_code == 201, answer.json
    return str(answer.json["data"]["id"])


def act(caller: Caller, item_id: str, verb: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
    path = f"/manage/v1/posts/{item_id}"
    tag = caller.get(path).headers["ETag"]
    return caller(method, f"{path}/{verb}" if verb else path, match=tag, json=body or {})


def found(caller: Caller, item_id: str) -> dict[str, Any]:
    answer = caller.get(f"/manage/v1/posts/{item_id}/personal-data")
    assert answer.status_code == 200, answer.json
    return dict(answer.json["data"])


def confirm(caller: Caller, item_id: str, findings: list[str] | None = None, reason: str = REASON) -> Any:
    ids = [each["id"] for each in found(caller, item_id)["findings"] if not each["confirmed"]]
    return act(caller, item_id, "personal-data/confirm", {"reason": reason, "findings": findings or ids})


def test_a_nik_warns_on_saving_and_holds_the_publication_with_its_place(editor: Caller) -> None:
    answer = editor.post("/manage/v1/posts", json=post_content(body=f"Atas nama Siti, NIK {NIK}."))
    item_id = answer.json["data"]["id"]

    told = [each for each in answer.json["meta"]["warnings"] if each["code"] == "personal_data"]
    assert [(each["pointer"], each["finding"]["kind"]) for each in told] == [("/body", "nik")]
    refused = act(editor, item_id, "publish")
    assert (refused.status_code, refused.json["code"]) == (409, "personal_data")
    assert [(each["pointer"], each["masked"][:4]) for each in refused.json["findings"]] == [("/body", "6471")]
    assert NIK not in refused.text
    assert act(editor, item_id, "schedule", {"publish_at": "2099-01-01T08:00:00"}).json["code"] in {
        "personal_data",
        "invalid_content",
    }


def test_a_corrected_text_is_published(editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")
    assert act(editor, item_id, "publish").status_code == 409

    assert act(editor, item_id, "", {"summary": "Tanpa nomor"}, "PATCH").status_code == 200

    assert found(editor, item_id)["holds"] is False
    assert act(editor, item_id, "publish").status_code == 200


def test_a_confirmation_is_for_exactly_what_was_seen(editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")

    assert confirm(editor, item_id, ["0" * 16]).json["code"] == "findings_changed"
    assert confirm(editor, item_id).status_code == 200
    assert confirm(editor, item_id, ["0" * 16]).json["code"] == "nothing_to_confirm"
    assert act(editor, item_id, "publish").status_code == 200
    # The same value in the same field stays confirmed; another one, or another field, holds again.
    act(editor, item_id, "", {"title": "Judul lain"}, "PATCH")
    assert found(editor, item_id)["holds"] is False
    act(editor, item_id, "", {"summary": f"NIK {NIK} dan {OTHER}"}, "PATCH")
    assert [each["confirmed"] for each in found(editor, item_id)["findings"]] == [False, True]
    act(editor, item_id, "", {"summary": "", "body": f"NIK {NIK}"}, "PATCH")
    assert act(editor, item_id, "publish", {"change_note": "Ringkasan baru."}).json["code"] == "personal_data"


def test_it_is_known_who_confirmed_and_why(app: Flask, editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")
    confirm(editor, item_id)

    (told,) = found(editor, item_id)["confirmations"]
    assert (told["reason"], told["by"]["id"], told["edition"]) == (REASON, editor.actor.id, 1)
    with app.app_context():
        lines = session.scalars(select(Change.action).where(Change.resource_id == item_id)).all()
    assert lines[-1] == "post.confirmed"


def test_only_who_may_publish_confirms(author: Caller, editor: Caller) -> None:
    item_id = made(author, summary=f"NIK {NIK}")

    assert confirm(author, item_id).status_code == 403
    assert confirm(editor, item_id).status_code == 200


def test_a_reason_and_notes_for_readers_have_no_personal_data(editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")
    refused = confirm(editor, item_id, reason=f"NIK {OTHER} sudah setuju")
    assert [each["code"] for each in refused.json["errors"]] == ["has_personal_data"]

    confirm(editor, item_id)
    refused = act(editor, item_id, "publish", {"change_note": f"Data NIK {OTHER} dihapus"})
    assert [each["code"] for each in refused.json["errors"]] == ["has_personal_data"]


def test_an_edition_from_before_the_guard_is_looked_through_when_it_is_published(app: Flask, editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Edition, (item_id, 1)).personal_data = None

    assert act(editor, item_id, "publish").json["code"] == "personal_data"


def test_a_release_names_the_obstacle(editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")
    items = [{"type": "post", "id": item_id}]
    release = editor.post("/manage/v1/releases", json={"title": "Peluncuran", "items": items})

    path = f"/manage/v1/releases/{release.json['data']['id']}/publish"
    refused = editor("POST", path, match=release.headers["ETag"], json={})

    assert refused.json["code"] == "release_refused"
    assert "personal_data" in refused.json["errors"][0]["detail"]


def test_the_value_is_in_the_text_alone(app: Flask, editor: Caller) -> None:
    item_id = made(editor, summary=f"NIK {NIK}")
    act(editor, item_id, "publish")
    confirm(editor, item_id)

    with app.app_context():
        for table in filled_tables(session.connection()):
            for row in session.execute(select(table)):
                told = {name: value for name, value in row._mapping.items() if NIK in str(value)}
                assert told.keys() <= {"content"}, (table.name, told.keys())
