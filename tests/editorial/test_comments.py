"""Review comments over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from cms.core.ids import new_id
from tests.editorial.city import document, post
from tests.editorial.test_review import Desk
from tests.editorial.test_transitions import Callers


def test_a_comment_stays_with_its_edition_until_it_is_resolved(callers: Callers, moment: Any) -> None:
    desk = Desk(callers["author"], post())
    body = {"body": "Mohon cek tanggalnya.", "pointer": "/title"}
    made = callers["editor"]("POST", f"{desk.path}/comments", body)
    assert made.status_code == 201
    comment = made.json["data"]
    assert (comment["edition"], comment["pointer"], comment["resolved"]) == (1, "/title", None)
    shown = callers["author"]("GET", desk.path)
    assert (shown.headers["ETag"], shown.json["data"]["open_comments"]) == (desk.etag, 1)
    desk.change(callers["author"], title="Lain")

    resolve = f"{desk.path}/comments/{comment['id']}/resolve"
    resolved = callers["author"]("POST", resolve, {}).json["data"]

    assert (resolved["edition"], resolved["resolved"]["by"]["name"]) == (1, "author")
    assert callers["author"]("POST", resolve, {}).json["code"] == "wrong_state"
    assert callers["author"]("GET", desk.path).json["data"]["open_comments"] == 0
    reopened = callers["editor"]("POST", f"{desk.path}/comments/{comment['id']}/reopen", {})
    assert reopened.json["data"]["resolved"] is None
    old = callers["editor"]("POST", f"{desk.path}/comments", {"body": "Dulu lebih baik.", "edition": 1})
    assert old.json["data"]["edition"] == 1
    page = callers["auditor"]("GET", f"{desk.path}/comments?limit=1").json
    assert [row["id"] for row in page["data"]] == [comment["id"]]
    following = callers["auditor"]("GET", page["links"]["next"].split("/manage/v1/")[1]).json
    assert [row["id"] for row in following["data"]] == [old.json["data"]["id"]]
    assert callers["auditor"]("GET", f"{desk.path}/comments?open=false").json["data"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"body": "x", "pointer": "/nope"}, "/pointer"),
        ({"body": "x", "pointer": "title"}, "/pointer"),
        ({"body": "x", "edition": 2}, "/edition"),
        ({"body": ""}, "/body"),
        ({}, "/body"),
    ],
)
def test_a_comment_names_a_field_and_an_edition_that_exist(
    callers: Callers, body: dict[str, Any], pointer: str
) -> None:
    desk = Desk(callers["author"], document(), "documents")
    refused = callers["editor"]("POST", f"{desk.path}/comments", body)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert callers["editor"]("GET", desk.path).json["data"]["open_comments"] == 0


def test_only_colleagues_comment_and_only_on_their_items(callers: Callers) -> None:
    desk, other = Desk(callers["author"], post()), Desk(callers["author"], post())
    comment = callers["editor"]("POST", f"{desk.path}/comments", {"body": "x"}).json["data"]["id"]
    assert callers["auditor"]("POST", f"{desk.path}/comments", {"body": "x"}).status_code == 403
    assert callers["stranger"]("POST", f"{desk.path}/comments", {"body": "x"}).status_code == 404
    assert callers["stranger"]("GET", f"{desk.path}/comments").status_code == 404
    for path in (f"{other.path}/comments/{comment}", f"{desk.path}/comments/{new_id()}"):
        assert callers["editor"]("POST", f"{path}/resolve", {}).status_code == 404
    desk(callers["author"], "trash")
    assert callers["editor"]("POST", f"{desk.path}/comments", {"body": "x"}).json["code"] == "wrong_state"
