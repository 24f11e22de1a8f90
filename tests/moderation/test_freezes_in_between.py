"""A freeze that is committed while somebody publishes holds: what is public after it was public before its line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from cms.changes.models import Change
from cms.core.db import db, session
from cms.core.permissions import Role
from tests.database import under_test
from tests.factories import add_city, post_content
from tests.people import Caller, People

POSTS = "/manage/v1/posts"
# On SQLite the freeze waits for whoever writes already: it is given up waiting for, not for ever.
LONGEST_SECONDS = {"postgresql": 20, "sqlite": 0.3}


@pytest.fixture
def editor(app: Flask, people: People) -> Caller:
    add_city(app)
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def central(editor: Caller, people: People) -> Caller:
    return people.person(Role.CENTRAL_EDITOR)


@contextmanager
def before_its_turn(app: Flask, act: Callable[[], Any]) -> Iterator[threading.Thread]:
    """`act` on a thread and a connection of its own, when the writer of this thread is about to take its number in the log."""
    writer, other = threading.get_ident(), threading.Thread(target=act)
    longest = LONGEST_SECONDS[under_test()]

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE change_head") and threading.get_ident() == writer and other.ident is None:
            other.start()
            other.join(longest)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield other
    finally:
        event.remove(engine, "before_cursor_execute", hear)
        other.join()


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Change.action).order_by(Change.sequence)))


def made(editor: Caller, **values: Any) -> tuple[str, str]:
    answer = editor.post(POSTS, post_content(**values))
    return f"{POSTS}/{answer.json['data']['id']}", answer.headers["ETag"]


def freeze(app: Flask, central: Caller, scope: str | None) -> Callable[[], Any]:
    other = Caller(app.test_client(), central.token)
    return lambda: other.post("/manage/v1/freeze", {"agency": scope, "reason": "Akun dibajak."})


@pytest.mark.parametrize("scope", ["dpu", None])
@pytest.mark.parametrize("way", ["publish", "schedule", "unpublish", "batch", "release"])
def test_a_freeze_between_the_look_and_the_commit_holds(
    app: Flask, editor: Caller, central: Caller, scope: str | None, way: str
) -> None:
    path, tag = made(editor)
    write = writing(editor, way, path, tag)
    before = actions(app)

    with before_its_turn(app, freeze(app, central, scope)) as other:
        answer = write()

    assert other.ident is not None
    written = actions(app)[len(before) :]
    if under_test() == "postgresql":
        assert written == ["freeze.set"], answer.get_data(as_text=True)
        assert "publishing_frozen" in answer.get_data(as_text=True)
        assert answer.status_code == 409
    else:
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert written[-1] == "freeze.set"
        assert len(written) > 1


def writing(editor: Caller, way: str, path: str, tag: str) -> Callable[[], Any]:
    """A write that a freeze must stop, ready to be sent."""
    item = path.rsplit("/", 1)[1]
    if way == "unpublish":
        live = editor.post(f"{path}/publish", {}, match=tag).headers["ETag"]
        return lambda: editor.post(f"{path}/unpublish", {"kind": "gone", "explanation": "Ditarik."}, match=live)
    if way == "release":
        release = editor.post("/manage/v1/releases", {"title": "Rilis", "items": [{"type": "post", "id": item}]})
        address = f"/manage/v1/releases/{release.json['data']['id']}/publish"
        return lambda: editor.post(address, {}, match=release.headers["ETag"])
    if way == "batch":
        one = {"method": "POST", "path": f"{path}/publish", "if_match": tag, "body": {}}
        return lambda: editor.post("/manage/v1/batch", {"atomic": True, "operations": [one]})
    body = {"publish_at": "2026-12-01T00:00:00Z"} if way == "schedule" else {}
    return lambda: editor.post(f"{path}/{way}", body, match=tag)


def test_what_others_write_in_between_stops_nobody(app: Flask, editor: Caller, central: Caller) -> None:
    path, tag = made(editor)
    other = Caller(app.test_client(), central.token)

    with before_its_turn(app, lambda: other.post(POSTS, post_content(title="Sementara itu"))):
        answer = editor.post(f"{path}/publish", {}, match=tag)

    assert answer.status_code == 200
    assert sorted(actions(app)[-2:]) == ["post.created", "post.published"]
