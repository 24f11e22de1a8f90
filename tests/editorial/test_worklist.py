"""The work list: what waits for whom, longest wait first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from tests.conftest import counted_statements
from tests.editorial.city import Caller, document, post
from tests.editorial.test_review import Desk, asked, held
from tests.editorial.test_transitions import Callers


def waiting(caller: Caller, query: str = "") -> list[tuple[str, str, str]]:
    """Title, state and what is waited for."""
    rows = caller("GET", f"reviews{query}").json["data"]
    return [(row["title"], row["state"], row["waiting_for"]) for row in rows]


def test_everybody_sees_what_waits_for_him_oldest_first(app: Flask, callers: Callers, moment: Any) -> None:
    author, editor, central = callers["author"], callers["editor"], callers["central"]
    desks = {}
    for title, plural, content in (
        ("Pertama", "posts", post()), ("Kedua", "documents", document()), ("Kota", "posts", post(channel="kota")),
        ("Dikembalikan", "posts", post()), ("Disetujui", "posts", post()), ("Draf", "posts", post()),
    ):  # fmt: skip
        desks[title] = Desk(author, {**content, "title": title}, plural)
    for title in ("Kedua", "Pertama", "Kota", "Dikembalikan", "Disetujui"):
        moment(timedelta(minutes=1))
        desks[title](author, "submit")
    desks["Dikembalikan"](editor, "return", {"comment": "Lengkapi."})
    desks["Disetujui"](editor, "approve")

    reviews = [("Kedua", "in_review", "review"), ("Pertama", "in_review", "review"), ("Kota", "in_review", "review")]
    publication, edition = ("Disetujui", "approved", "publication"), ("Dikembalikan", "returned", "revision")
    assert waiting(editor) == [*reviews, publication]
    assert waiting(author) == [edition]
    assert waiting(callers["stranger"]) == []
    assert waiting(callers["auditor"]) == []
    assert sorted(waiting(callers["auditor"], "?mine=false")) == sorted([*reviews, publication, edition])
    assert waiting(editor, "?type=document") == reviews[:1]
    assert waiting(editor, "?state=approved&agency=dpu") == [publication]
    assert waiting(editor, "?agency=dishub") == []
    first = editor("GET", "reviews?limit=1").json
    assert first["data"][0]["since"] == "2026-11-24T01:01:00Z"
    assert "approve" in first["data"][0]["allowed_actions"]
    following = editor("GET", first["links"]["next"].split("/manage/v1/")[1]).json
    assert following["data"][0]["title"] == "Pertama"
    assert waiting(central) == waiting(editor)
    held(app, desks["Draf"].path, "lexicon")
    assert ("Draf", "draft", "revision") in waiting(author)


def test_the_city_s_channel_waits_for_central_editors_to_publish(callers: Callers) -> None:
    desk = Desk(callers["author"], post(channel="kota"))
    desk(callers["author"], "submit")
    desk(callers["central"], "approve")
    assert waiting(callers["editor"]) == []
    assert len(waiting(callers["central"])) == 1


def test_the_list_takes_the_same_statements_for_one_and_for_many(app: Flask, callers: Callers) -> None:
    asked(app, four_eyes=True, review="central")
    for number in range(12):
        desk = Desk(callers["author"], post(title=f"Judul {number}", category="infrastruktur"))
        desk(callers["author"], "submit")
    for path in ("reviews", "posts"):
        counts = []
        for limit in (1, 12):
            with counted_statements(app) as statements:
                answer = callers["central"]("GET", f"{path}?limit={limit}")
            assert len(answer.json["data"]) == limit
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 3, path
