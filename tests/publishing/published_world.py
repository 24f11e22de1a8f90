"""Items of every kind that readers can have, and a database that somebody has altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, text

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.followers import follow_log
from cms.changes.log import record
from cms.core.db import db, unit_of_work
from cms.core.permissions import system_actor
from cms.editorial.followers import rebuild_changed
from cms.publishing.stored_content import prove_content
from tests.changes.tampering import unguarded
from tests.documents.uploads import send
from tests.factories import add_city, add_document, post_content
from tests.media.library import uploaded
from tests.people import Caller

POSTS, DOCUMENTS = "/manage/v1/posts", "/manage/v1/documents"
LATER = {"publish_at": "2026-11-24T01:05:00Z", "unpublish_at": "2026-11-24T01:10:00Z"}


def act(editor: Caller, path: str, verb: str, body: dict[str, Any] | None = None) -> None:
    answer = editor.post(f"{path}/{verb}", body or {}, match=editor.get(path).headers["ETag"])
    assert answer.status_code in (200, 201), answer.json


def change(editor: Caller, path: str, **values: Any) -> None:
    assert editor("PATCH", path, match=editor.get(path).headers["ETag"], json=values).status_code == 200


def made(editor: Caller, **values: Any) -> str:
    return f"{POSTS}/{editor.post(POSTS, post_content(**values)).json['data']['id']}"


def follow() -> None:
    while follow_log("presenter", rebuild_changed):
        pass


class World:
    """Items of every kind that readers can have, each by its path."""

    def __init__(self, app: Flask, editor: Caller, moment: Callable[[timedelta], None]) -> None:
        self.app, self.editor = app, editor
        add_city(app)
        self.live = made(editor, title="Hidup")
        act(editor, self.live, "publish")
        change(editor, self.live, title="Diperbaiki")
        act(editor, self.live, "publish", {"update": "minor"})
        act(editor, self.live, "reposts", {"agency": "dishub", "comment": "Simak."})
        self.scheduled = made(editor, title="Rencana")
        act(editor, self.scheduled, "schedule", LATER)
        self.ending = made(editor, title="Berakhir")
        act(editor, self.ending, "publish")
        act(editor, self.ending, "schedule", {"unpublish_at": "2026-11-24T01:06:00Z", "explanation": "Selesai."})
        self.gone = made(editor, title="Salah")
        act(editor, self.gone, "publish")
        act(editor, self.gone, "unpublish", {"kind": "gone", "explanation": "Salah."})
        self.withdrawn = made(editor, title="Ditarik")
        act(editor, self.withdrawn, "publish")
        act(editor, self.withdrawn, "unpublish", {"kind": "withdrawn", "explanation": "Tidak berlaku."})
        image = uploaded(editor)
        self.pictured = made(editor, title="Foto", cover=image["id"])
        act(editor, self.pictured, "publish")
        document = add_document(app)
        assert send(editor, document.id).status_code == 201
        self.document = f"{DOCUMENTS}/{document.id}"
        act(editor, self.document, "publish")
        with app.app_context():
            with unit_of_work() as unit:
                unit.session.get_one(Agency, "dpu").name = "Dinas PUPR"
                record(unit, Action.AGENCY_UPDATED, "dpu", system_actor("test"), agency="dpu", fields=["name"])
            follow()

    def findings(self) -> list[str]:
        with self.app.app_context():
            return [finding.sentence() for finding in prove_content()]


TABLES = (
    "published_items",
    "publications",
    "publication_terms",
    "publication_files",
    "published_slugs",
    "reposts",
)
"""In the order in which they refer to each other."""


@contextmanager
def altered(world: World, *statements: str) -> Iterator[None]:
    """The database as somebody has altered it, for the time of a block."""
    with world.app.app_context():
        before = _content()
        with _unbound() as connection:
            changed = [connection.execute(text(statement)).rowcount for statement in statements]
        assert all(changed), f"a statement that alters nothing proves nothing: {statements}"
    yield
    with world.app.app_context(), _unbound() as connection:
        for name in reversed(TABLES):
            connection.execute(text(f"DELETE FROM {name}"))
        for name in TABLES:
            if before[name]:
                connection.execute(db.metadata.tables[name].insert(), before[name])
        for image in before["images"]:
            connection.execute(text("UPDATE images SET sha256 = :sha256 WHERE id = :id"), image)


@contextmanager
def _unbound() -> Iterator[Connection]:
    """A connection on which no trigger stands in the way."""
    with db.engine.connect().execution_options(writes=True) as connection:
        with unguarded(connection):
            yield connection
        connection.commit()


def _content() -> dict[str, list[dict[str, Any]]]:
    with db.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(db.metadata.tables[name].select()).mappings()]
            for name in (*TABLES, "images")
        }


def id_of(path: str) -> str:
    return path.rpartition("/")[2]
