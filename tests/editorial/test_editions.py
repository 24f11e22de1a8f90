"""The history of an item over HTTP: editions, differences and bringing an old one back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core.db import session
from cms.core.errors import Conflict, Invalid, StaleVersion
from cms.editorial.history.services import restore_edition
from cms.posts.content import POST
from cms.taxonomy.models import Category
from tests.editorial.city import AUTHOR, CENTRAL, document
from tests.editorial.editions import Callers, actions, history, made, save


def test_every_save_is_an_edition_with_author_and_time(callers: Callers, moment: Any) -> None:
    path = made(callers["author"], tags=["jalan"])
    moment(timedelta(minutes=5))
    save(callers["editor"], path, '"v1"', title="Lain", summary="Ringkas.")
    callers["editor"]("POST", f"{path}/publish", {}, match='"v2"')
    save(callers["author"], path, '"v3"', body="Isi baru.")

    rows = history(callers["auditor"], path)

    assert [(row["edition"], row["author"]["name"], row["created_at"], row["changed_fields"]) for row in rows] == [
        (3, "author", "2026-11-24T01:05:00Z", ["body"]),
        (2, "agency_editor", "2026-11-24T01:05:00Z", ["summary", "title"]),
        (1, "author", "2026-11-24T01:00:00Z", rows[2]["changed_fields"]),
    ]
    assert {"agency", "body", "kind", "tags", "title"} <= set(rows[2]["changed_fields"])
    assert [(row["is_published"], row["was_published"]) for row in rows] == [
        (False, False),
        (True, True),
        (False, False),
    ]
    assert not any(row["is_autosave"] or row["is_discarded"] or row["restored_from"] for row in rows)


def test_history_comes_in_pages(callers: Callers) -> None:
    path = made(callers["author"])
    for number in range(1, 5):
        save(callers["author"], path, f'"v{number}"', title=f"Judul {number}")

    first = callers["author"]("GET", f"{path}/editions?limit=2").json
    second = callers["author"]("GET", first["links"]["next"].split("/manage/v1/")[1]).json

    assert [row["edition"] for row in first["data"]] == [5, 4]
    assert [row["edition"] for row in second["data"]] == [3, 2]


def test_an_edition_is_read_with_its_whole_content_and_its_body_as_html(callers: Callers) -> None:
    path = made(callers["author"], body="Ini **tebal** <script>alert(1)</script>")
    save(callers["author"], path, '"v1"', body="Lain", tags=["baru"])

    shown = callers["editor"]("GET", f"{path}/editions/1").json["data"]

    assert shown["content"]["body"].startswith("Ini **tebal**")
    assert shown["content"]["tags"] == []
    assert "<strong>tebal</strong>" in shown["body_html"]
    assert "<script" not in shown["body_html"]
    assert shown["edition"] == 1


@pytest.mark.parametrize("edition", ["0", "3", "99999999999999", "x", "-1"])
def test_an_edition_that_does_not_exist_is_not_found(callers: Callers, edition: str) -> None:
    path = made(callers["author"])
    assert callers["author"]("GET", f"{path}/editions/{edition}").status_code == 404


def test_history_of_another_agency_does_not_exist(callers: Callers) -> None:
    path = made(callers["author"])
    for rest in ("editions", "editions/1", "diff"):
        assert callers["stranger"]("GET", f"{path}/{rest}").status_code == 404
        assert callers["admin"]("GET", f"{path}/{rest}").status_code == 403


def test_a_document_has_a_history_too(callers: Callers) -> None:
    path = f"documents/{callers['author']('POST', 'documents', document()).json['data']['id']}"
    save(callers["author"], path, '"v1"', title="Rencana Kerja 2027", year=2027)

    compared = callers["author"]("GET", f"{path}/diff").json["data"]

    assert callers["author"]("GET", f"{path}/editions/2").json["data"]["content"]["class"] == "berkala"
    assert [each["field"] for each in compared["fields"]] == ["slug", "title", "year"]
    assert (compared["fields"][2]["before"], compared["fields"][2]["after"]) == (None, 2027)


# --- differences ---


def test_texts_differ_by_word_and_other_fields_as_a_whole(callers: Callers) -> None:
    path = made(callers["author"], tags=["jalan"], summary=None)
    save(callers["author"], path, '"v1"', title="Penutupan Jalan Sudirman", tags=["jalan", "baru"], summary="Ringkas.")

    data = callers["editor"]("GET", f"{path}/diff").json["data"]

    assert (data["from"], data["to"]) == (1, 2)
    by_name = {each["field"]: each for each in data["fields"]}
    assert sorted(by_name) == ["slug", "summary", "tags", "title"]
    assert by_name["title"]["changes"] == [
        {"op": "equal", "text": "Penutupan Jalan "},
        {"op": "delete", "text": "MT Haryono"},
        {"op": "insert", "text": "Sudirman"},
    ]
    assert by_name["summary"]["changes"] == [{"op": "insert", "text": "Ringkas."}]
    assert (by_name["tags"]["before"], by_name["tags"]["after"]) == (["jalan"], ["jalan", "baru"])
    assert by_name["tags"]["changes"] is None


def test_by_default_the_published_edition_is_compared_with_the_newest(callers: Callers) -> None:
    path = made(callers["author"])
    callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')
    for number in (2, 3):
        save(callers["author"], path, f'"v{number}"', title=f"Judul {number}")

    def compared(query: str) -> tuple[int, int]:
        data = callers["author"]("GET", f"{path}/diff{query}").json["data"]
        return data["from"], data["to"]

    assert compared("") == (1, 3)
    assert compared("?to=2") == (1, 2)
    assert compared("?from=2") == (2, 3)
    assert compared("?from=3&to=1") == (3, 1)
    assert compared("?to=1") == (1, 1)


@pytest.mark.parametrize(
    ("query", "status"),
    [("from=9", 404), ("to=9", 404), ("from=0", 400), ("from=x", 400), ("from=99999999999", 400), ("x=1", 400)],
)
def test_editions_that_cannot_be_compared(callers: Callers, query: str, status: int) -> None:
    path = made(callers["author"])
    assert callers["author"]("GET", f"{path}/diff?{query}").status_code == status


def test_what_looks_like_markup_stays_data(callers: Callers) -> None:
    """Wagtail's comparison of revisions was a way to run scripts (CVE-2020-11001): ours is JSON, and says what was typed."""
    path = made(callers["author"], body="Halo")
    save(callers["author"], path, '"v1"', body='Halo <img src=x onerror="alert(1)">')

    answer = callers["author"]("GET", f"{path}/diff")

    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json["data"]["fields"][0]["changes"][-1]["text"].startswith(" <img")


# --- bringing back ---


def test_an_old_edition_becomes_a_new_draft_and_readers_keep_what_they_have(app: Flask, callers: Callers) -> None:
    path = made(callers["author"], tags=["jalan"])
    item_id = path.split("/")[1]
    save(callers["author"], path, '"v1"', title="Dirusak", body="Rusak.", tags=[])
    callers["editor"]("POST", f"{path}/publish", {}, match='"v2"')

    with app.app_context():
        edited = restore_edition(POST, AUTHOR, item_id, frozenset({3}), 1)
        assert (edited.item.edition, edited.item.version, edited.item.state) == (3, 4, "draft")

    data = callers["author"]("GET", path).json["data"]
    assert (data["title"], data["tags"], data["published_edition"]) == ("Penutupan Jalan MT Haryono", ["jalan"], 2)
    newest = history(callers["author"], path)[0]
    assert (newest["restored_from"], newest["author"]["name"]) == (1, "author")
    assert actions(app, path)[-1] == ("post.restored", 3)


def test_bringing_back_what_is_there_already_makes_no_edition(app: Flask, callers: Callers) -> None:
    path = made(callers["author"])
    with app.app_context():
        assert restore_edition(POST, AUTHOR, path.split("/")[1], frozenset({1}), 1).item.version == 1


def test_references_that_are_gone_are_named(app: Flask, callers: Callers) -> None:
    path = made(callers["author"], category="infrastruktur", areas=["64.71.06"])
    save(callers["author"], path, '"v1"', category=None, areas=[])
    with app.app_context():
        session.execute(Category.__table__.update().where(Category.slug == "infrastruktur").values(is_retired=True))  # type: ignore[attr-defined]
        session.commit()
        with pytest.raises(Invalid) as refused:
            restore_edition(POST, AUTHOR, path.split("/")[1], frozenset({2}), 1)

    assert [(error.name, error.code) for error in refused.value.errors] == [("/category", "not_valid_any_more")]
    assert callers["author"]("GET", path).json["data"]["edition"] == 2


def test_an_edition_to_bring_back_must_exist_and_the_version_be_current(app: Flask, callers: Callers) -> None:
    item_id = made(callers["author"]).split("/")[1]
    with app.app_context():
        with pytest.raises(Invalid) as refused:
            restore_edition(POST, AUTHOR, item_id, frozenset({1}), 7)
        with pytest.raises(StaleVersion):
            restore_edition(POST, AUTHOR, item_id, frozenset({9}), 1)
    assert [(error.name, error.code) for error in refused.value.errors] == [("/edition", "not_found")]


def test_a_made_address_is_made_again_and_a_chosen_one_must_be_free(app: Flask, callers: Callers) -> None:
    path = made(callers["author"])
    item_id = path.split("/")[1]
    save(callers["author"], path, '"v1"', title="Judul lain")
    other = made(callers["author"])
    assert callers["author"]("GET", other).json["data"]["slug"] == "penutupan-jalan-mt-haryono"

    with app.app_context():
        restore_edition(POST, CENTRAL, item_id, frozenset({2}), 1)
    assert callers["author"]("GET", path).json["data"]["slug"] == "penutupan-jalan-mt-haryono-2"

    save(callers["author"], path, '"v3"', slug="alamat-sendiri")
    save(callers["author"], path, '"v4"', slug="alamat-kedua")
    save(callers["author"], other, '"v1"', slug="alamat-sendiri")
    with app.app_context(), pytest.raises(Conflict, match="slug_taken"):
        restore_edition(POST, CENTRAL, item_id, frozenset({5}), 4)


def test_restore_over_http_takes_the_edition(callers: Callers) -> None:
    path = made(callers["author"])
    save(callers["author"], path, '"v1"', title="Lain")

    refused = callers["author"]("POST", f"{path}/restore", {"edition": 9}, match='"v2"')
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/edition")
    assert callers["author"]("POST", f"{path}/restore", {"edition": 1}, match='"v1"').status_code == 412
    answer = callers["author"]("POST", f"{path}/restore", {"edition": 1}, match='"v2"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v3"')
    assert answer.json["data"]["title"] == "Penutupan Jalan MT Haryono"
    assert answer.json["data"]["edition"] == 3


def test_discarded_editions_stay_in_the_history_and_can_be_brought_back(callers: Callers) -> None:
    path = made(callers["author"])
    callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')
    save(callers["author"], path, '"v2"', autosave=True, title="Dibuang")
    callers["author"]("POST", f"{path}/discard", {}, match='"v3"')

    assert [(row["edition"], row["is_discarded"]) for row in history(callers["author"], path)] == [
        (2, True),
        (1, False),
    ]
    assert callers["author"]("GET", f"{path}/diff").json["data"]["fields"] == []
    assert save(callers["author"], path, '"v4"', autosave=True, title="Baru").json["data"]["edition"] == 3
    back = callers["author"]("POST", f"{path}/restore", {"edition": 2}, match='"v5"')
    assert (back.json["data"]["title"], back.json["data"]["edition"]) == ("Dibuang", 4)
