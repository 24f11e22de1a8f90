"""Releases: readers get all items in the same moment, or none."""

from __future__ import annotations

from typing import Any

from flask import Flask

from cms.changes.log import broken_at, read_after
from tests.editorial.city import document
from tests.editorial.test_transitions import Callers, live, made


def drafts(callers: Callers, count: int = 3, **values: Any) -> list[dict[str, str]]:
    paths = [made(callers["author"], title=f"Judul {number}", **values) for number in range(count)]
    return [{"type": "post", "id": path.split("/")[1]} for path in paths]


def release(callers: Callers, items: list[dict[str, str]], who: str = "editor") -> Any:
    return callers[who]("POST", "releases", {"title": "Peluncuran", "items": items})


def test_all_items_are_published_in_one_transaction(app: Flask, callers: Callers) -> None:
    items = drafts(callers)
    items.append({"type": "document", "id": callers["author"]("POST", "documents", document()).json["data"]["id"]})
    answer = release(callers, items)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"v1"')
    data = answer.json["data"]
    assert (data["state"], data["items"], data["published_at"]) == ("open", items, None)
    path = f"releases/{data['id']}"

    done = callers["editor"]("POST", f"{path}/publish", {"change_note": "Baru."}, match='"v1"')

    assert (done.status_code, done.json["data"]["state"]) == (200, "published")
    assert all(live(app, item["id"]) for item in items)
    with app.app_context():
        lines = read_after(0)[-5:]
        assert [line.action for line in lines] == [*["post.published"] * 3, "document.published", "release.published"]
        assert len({line.recorded_at for line in lines}) == 1
        assert [line.is_public for line in lines] == [True] * 4 + [False]
        assert broken_at() is None
    for verb, step in (("POST", "/publish"), ("PATCH", ""), ("DELETE", "")):
        body = None if verb == "DELETE" else {} if step else {"title": "x"}
        refused = callers["editor"](verb, f"{path}{step}", body, match=done.headers["ETag"])
        assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")


def test_everything_in_the_way_is_named_and_nothing_is_published(app: Flask, callers: Callers) -> None:
    items = drafts(callers, 2) + drafts(callers, 1, body=None) + drafts(callers, 1, channel="kota")
    callers["editor"]("POST", f"posts/{items[1]['id']}/publish", {}, match='"v1"')
    path = f"releases/{release(callers, items).json['data']['id']}"

    refused = callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')

    assert (refused.status_code, refused.json["code"]) == (409, "release_refused")
    found = {error["pointer"]: error["detail"] for error in refused.json["errors"]}
    assert set(found) == {"/items/1", "/items/2", "/items/3"}
    assert "nothing_to_publish" in found["/items/1"]
    assert "invalid_content, /body" in found["/items/2"]
    assert items[3]["id"] in found["/items/3"]
    assert "forbidden" in found["/items/3"]
    assert live(app, items[0]["id"]) is None
    assert callers["editor"]("GET", path).headers["ETag"] == '"v1"'


def test_what_readers_had_before_does_not_go_out_again_in_a_release_without_a_note(
    app: Flask, callers: Callers
) -> None:
    fresh, *rest = drafts(callers)
    for known in rest:
        address = f"posts/{known['id']}"
        done = callers["editor"]("POST", f"{address}/publish", {}, match='"v1"')
        callers["editor"]("PATCH", address, {"summary": "Diperbarui."}, match=done.headers["ETag"])
    path = f"releases/{release(callers, [fresh, *rest]).json['data']['id']}/publish"

    for said in ({}, {"update": "major"}, {"change_note": " "}):
        refused = callers["editor"]("POST", path, said, match='"v1"')
        assert (refused.status_code, refused.json["code"]) == (409, "release_refused")
        found = {error["pointer"]: error["detail"] for error in refused.json["errors"]}
        assert set(found) == {"/items/1", "/items/2"}
        assert all("invalid_content, /change_note" in detail for detail in found.values())
    assert live(app, fresh["id"]) is None
    assert callers["editor"]("POST", path, {"update": "minor"}, match='"v1"').status_code == 200
    assert live(app, fresh["id"]) is not None


def test_a_release_is_changed_and_taken_apart(callers: Callers) -> None:
    items = drafts(callers)
    path = f"releases/{release(callers, items).json['data']['id']}"
    changed = callers["editor"]("PATCH", path, {"title": "Lain", "items": items[::-1][:2]}, match='"v1"')
    assert (changed.json["data"]["title"], changed.json["data"]["items"]) == ("Lain", items[::-1][:2])
    assert callers["editor"]("PATCH", path, {"title": "x"}, match='"v1"').status_code == 412
    assert callers["editor"]("PATCH", path, {"title": "x"}).status_code == 428
    assert [row["title"] for row in callers["author"]("GET", "releases").json["data"]] == ["Lain"]
    assert callers["editor"]("DELETE", path, match='"v2"').status_code == 204
    assert callers["editor"]("GET", path).status_code == 404


def test_items_that_are_not_there_or_not_visible_are_refused(callers: Callers) -> None:
    items = drafts(callers, 1)
    foreign = callers["stranger"]("POST", "posts", {**_foreign()}).json["data"]["id"]
    for named, pointer, code in (
        ([*items, {"type": "post", "id": foreign}], "/items/1", "not_found"),
        ([*items, *items], "/items/1", "repeated"),
        ([{"type": "document", "id": items[0]["id"]}], "/items/0", "not_found"),
        ([], "/items", "too_short"),
        (items * 201, "/items", "too_long"),
        ([{"type": "image", "id": items[0]["id"]}], "/items/0/type", "not_allowed"),
    ):
        refused = release(callers, named)
        assert refused.status_code == 422
        assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [(pointer, code)]
    path = f"releases/{release(callers, items).json['data']['id']}"
    assert callers["stranger"]("GET", path).status_code == 404
    assert callers["stranger"]("GET", "releases").json["data"] == []
    assert callers["central"]("GET", path).status_code == 200


def _foreign() -> dict[str, str]:
    return {"agency": "dishub", "kind": "berita", "title": "Bus sekolah", "body": "Teks."}


def test_two_hundred_items_go_out_together(app: Flask, callers: Callers) -> None:
    items = drafts(callers, 200)
    path = f"releases/{release(callers, items).json['data']['id']}"
    done = callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')
    assert done.status_code == 200
    assert len({live(app, item["id"])[0].split('"published_at":"')[1][:20] for item in items}) == 1
