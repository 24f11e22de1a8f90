"""A write tells the position of the log that it reached, so that its reader can demand to see it (`Min-Seq`)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.factories import CITY, add_agencies, add_city, post_content
from tests.people import Caller, People


@pytest.fixture
def editor(app: Flask, people: People) -> Caller:
    """A central editor."""
    add_city(app)
    add_agencies(app, CITY)
    return people.person(Role.CENTRAL_EDITOR)


def position(answer: Any) -> int:
    assert answer.status_code < 300, answer.text
    return int(answer.headers["Content-Seq"])


def test_who_has_just_published_can_demand_to_read_it(editor: Caller, people: People) -> None:
    site = people.website()
    draft = editor.post("/manage/v1/posts", json=post_content())
    address = f"/manage/v1/posts/{draft.json['data']['id']}"
    published = editor.post(f"{address}/publish", json={}, match=draft.headers["ETag"])

    assert position(published) > position(draft)
    read = site.get("/v1/posts", headers={"Min-Seq": published.headers["Content-Seq"]})
    assert (read.status_code, read.headers["Content-Seq"]) == (200, published.headers["Content-Seq"])
    ahead = site.get("/v1/posts", headers={"Min-Seq": str(position(published) + 1)})
    assert ahead.status_code == 503


def test_only_what_was_kept_has_a_position(editor: Caller) -> None:
    draft = editor.post("/manage/v1/posts", json=post_content())
    address = f"/manage/v1/posts/{draft.json['data']['id']}"

    others = [
        editor.get(address),
        editor.post("/manage/v1/posts?dry_run=true", json=post_content()),
        editor.post("/manage/v1/posts", json=post_content(title="")),
        editor.post(f"{address}/publish", json={}, match='"v99"'),
    ]

    assert [answer.status_code for answer in others] == [200, 201, 422, 412]
    assert not any("Content-Seq" in answer.headers for answer in others)


def test_a_batch_and_a_repeatable_write_tell_theirs(editor: Caller) -> None:
    draft = editor.post("/manage/v1/posts", json=post_content(), headers={"Idempotency-Key": "satu"})
    operations = [{"method": "POST", "path": "/manage/v1/posts", "body": post_content(title=title)} for title in "AB"]
    batch = editor.post("/manage/v1/batch", json={"operations": operations})
    deleted = editor("DELETE", f"/manage/v1/posts/{draft.json['data']['id']}", match=draft.headers["ETag"])

    assert (position(batch), position(deleted)) == (position(draft) + 2, position(draft) + 3)
