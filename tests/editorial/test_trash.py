"""Archive and trash: what is put away comes back as it was, or is purged when it was never published."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from cms.changes.log import read_after
from cms.core.db import session, unit_of_work
from cms.editorial.items.models import Item, ItemSlug
from cms.editorial.trash.tasks import empty_trash
from tests.conftest import NOW
from tests.editorial.city import post
from tests.editorial.test_review import Desk
from tests.editorial.test_transitions import Callers


def aged(app: Flask, desk: Desk, age: timedelta) -> None:
    """Let the item have been in the trash for so long."""
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Item, desk.path.split("/")[1]).trashed_at = NOW - age


def test_an_archived_item_is_out_of_the_lists_and_not_editable(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    assert desk(callers["author"], "archive") == (200, "archived")
    assert callers["author"]("GET", "posts").json["data"] == []
    assert [row["state"] for row in callers["author"]("GET", "posts?state=archived").json["data"]] == ["archived"]
    assert desk.actions(callers["author"]) == ["delete", "restore", "trash", "preview"]
    refused = callers["author"]("PATCH", desk.path, {"title": "Lain"}, match=desk.etag)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    for step in ("publish", "archive", "discard"):
        assert desk(callers["editor"], step) == (409, "wrong_state")
    assert desk(callers["editor"], "restore") == (200, "draft")
    assert len(callers["author"]("GET", "posts").json["data"]) == 1


def test_what_comes_back_is_in_the_state_it_had(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["author"], "submit")
    assert desk(callers["editor"], "trash") == (409, "wrong_state")
    desk(callers["editor"], "approve")
    assert desk(callers["editor"], "archive") == (200, "archived")
    assert desk(callers["editor"], "trash") == (200, "trashed")
    assert desk(callers["editor"], "restore") == (200, "approved")
    assert callers["editor"]("GET", desk.path).json["data"]["approval"]["edition"] == 1
    assert desk(callers["editor"], "restore") == (409, "wrong_state")


def test_readers_must_lose_an_item_before_it_is_put_away(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["editor"], "publish")
    for step in ("trash", "archive"):
        assert desk(callers["editor"], step)[0] == 409
    desk.change(callers["author"], title="Lain")
    for step in ("trash", "archive"):
        assert desk(callers["editor"], step) == (409, "still_published")
    assert {"trash", "archive", "delete"}.isdisjoint(desk.actions(callers["editor"]))


def test_what_was_ever_published_is_never_purged_and_keeps_its_slug(app: Flask, callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["editor"], "publish")
    desk(callers["editor"], "unpublish", {"kind": "gone", "explanation": "Ditarik."})
    assert desk(callers["editor"], "trash") == (200, "trashed")
    assert "purge" not in desk.actions(callers["central"])
    refused = callers["central"]("DELETE", desk.path, match=desk.etag)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    aged(app, desk, timedelta(days=31))
    with app.app_context():
        assert empty_trash() is False
    assert callers["editor"]("GET", desk.path).json["data"]["state"] == "trashed"
    assert callers["author"]("POST", "posts", post()).json["data"]["slug"] == "penutupan-jalan-mt-haryono-2"
    assert desk(callers["editor"], "restore") == (200, "unpublished")


def test_old_trash_is_emptied_and_told_to_the_log(app: Flask, callers: Callers) -> None:
    old, kept = Desk(callers["author"], post()), Desk(callers["author"], post())
    old(callers["author"], "trash")
    kept(callers["author"], "trash")
    for desk in (old, kept):
        aged(app, desk, timedelta(days=30) - timedelta(seconds=1))
    with app.app_context():
        assert empty_trash() is False
        assert session.get(Item, old.path.split("/")[1]) is not None
    aged(app, old, timedelta(days=30))
    with app.app_context():
        assert empty_trash() is False
        lines = [line for line in read_after(0) if line.action == "post.purged"]
        assert [(line.resource_id, line.actor_id) for line in lines] == [(old.path.split("/")[1], None)]
        assert session.scalars(select(Item.id)).all() == [kept.path.split("/")[1]]
        assert len(session.scalars(select(ItemSlug.slug)).all()) == 1
    assert callers["author"]("POST", "posts", post()).json["data"]["slug"] == "penutupan-jalan-mt-haryono"


def test_a_repeated_delete_of_an_old_version_is_stale_for_everybody(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    assert callers["author"]("DELETE", desk.path, match=desk.etag).status_code == 204
    for name in ("author", "editor", "central"):
        again = callers[name]("DELETE", desk.path, match=desk.etag)
        assert (again.status_code, again.json["code"]) == (412, "stale_version")
    assert callers["auditor"]("DELETE", desk.path, match=desk.etag).status_code == 403


def test_purging_at_once_is_a_right_of_its_own(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    assert callers["author"]("DELETE", desk.path, match=desk.etag).status_code == 204
    trashed = callers["author"]("GET", desk.path)
    assert trashed.json["data"]["trashed_at"] == "2026-11-24T01:00:00Z"
    assert callers["author"]("GET", "posts").json["data"] == []
    for name in ("author", "editor"):
        assert callers[name]("DELETE", desk.path, match=trashed.headers["ETag"]).status_code == 403
    assert "purge" in desk.actions(callers["central"])
    assert callers["central"]("DELETE", desk.path, match=trashed.headers["ETag"]).status_code == 204
    assert callers["central"]("GET", desk.path).status_code == 404
