"""Whatever is interrupted: no row without its complete file, and what is left over is swept up (M-13)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from flask import Flask
from sqlalchemy import select

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.permissions import Role
from cms.core.runtime import runtime
from cms.core.storage.local import LocalStorage, storage_from_url
from cms.documents.content import DOCUMENT
from cms.documents.models import DocumentFile
from cms.documents.tasks import sweep_orphans
from cms.editorial.items.models import Item
from cms.editorial.trash.services import delete_item
from config import PROJECT_ROOT
from tests.core.storages import ACCESS_KEY, SECRET_KEY, incoming_file, marked, new_bucket, s3_server
from tests.documents.samples import CSV, PDF
from tests.documents.uploads import (
    BOUNDARY,
    digest,
    form,
    fresh_storage,
    part,
    path_of,
    send,
    stored_names,
    use_storage,
)
from tests.factories import CENTRAL, add_document
from tests.people import Caller, People

LATER = timedelta(days=2)


@pytest.fixture
def storage(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalStorage:
    return fresh_storage(app, monkeypatch, tmp_path)


@pytest.fixture
def document(app: Flask, city: None) -> Item:
    return add_document(app)


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.CENTRAL_EDITOR)


def rows(app: Flask) -> list[tuple[str, int]]:
    with app.app_context(), rolled_back():
        return [(file.sha256, file.bytes) for file in session.scalars(select(DocumentFile))]


def make_old(folder: Path) -> None:
    """Let every file look two days older than the tests' clock."""
    old = (clock.now() - LATER).timestamp()
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))


def swept(app: Flask) -> int:
    with app.app_context():
        return sweep_orphans()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "rows_after", "left_over"), [("writing", 0, 1), ("stored", 0, 1), ("flushed", 0, 1), ("committed", 1, 0)]
)
def test_a_process_that_dies_leaves_no_row_without_its_file(
    app: Flask,
    environment: dict[str, str],
    storage: LocalStorage,
    document: Item,
    tmp_path: Path,
    step: str,
    rows_after: int,
    left_over: int,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.documents.kill_during_upload", step, document.id, str(tmp_path / "files")],
        env={**os.environ, **environment},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows(app) == [(digest(CSV * 2), len(CSV * 2))] * rows_after
    with app.app_context():
        assert all(storage.size(sha256) == size for sha256, size in rows(app))
    make_old(tmp_path)
    assert swept(app) == left_over
    assert len(stored_names(tmp_path)) == rows_after


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(app: Flask) -> Iterator[tuple[str, int]]:
    """The application behind a real socket."""
    server: WSGIServer = make_server("127.0.0.1", 0, app, handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield ("127.0.0.1", server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_client_that_hangs_up_leaves_nothing(
    app: Flask,
    storage: LocalStorage,
    document: Item,
    editor: Caller,
    address: tuple[str, int],
    tmp_path: Path,
    share: float,
) -> None:
    body = form(part("file", CSV * 20_000, "a.csv"))
    head = (
        f"POST {path_of(document.id)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {editor.token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(address) as connection:
        connection.sendall(head + body[: int(len(body) * share)])
    _wait_for_server(address)
    assert stored_names(tmp_path) == set()
    assert rows(app) == []


def _wait_for_server(address: tuple[str, int]) -> None:
    """The server takes one request after the other: its answer means that the one before is over."""
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 200")


def test_only_old_files_that_nothing_names_are_swept(
    app: Flask, storage: LocalStorage, document: Item, editor: Caller, tmp_path: Path
) -> None:
    send(editor, document.id, PDF)
    storage.put(incoming_file(storage.incoming, b"orphan"), digest(b"orphan"))
    incoming_file(storage.incoming, b"half")
    before = stored_names(tmp_path)
    assert swept(app) == 0, "young files may belong to an upload that is not finished"
    assert stored_names(tmp_path) == before
    make_old(tmp_path)
    assert swept(app) == 2
    assert stored_names(tmp_path) == {digest(PDF)}
    assert swept(app) == 0


def test_files_of_a_deleted_draft_are_swept_and_published_ones_stay(
    app: Flask, storage: LocalStorage, document: Item, editor: Caller, tmp_path: Path
) -> None:
    send(editor, document.id, PDF)
    assert editor("DELETE", f"/manage/v1/documents/{document.id}", match=2).status_code == 204
    with app.app_context():
        delete_item(DOCUMENT, CENTRAL, document.id, frozenset({3}))
    kept = add_document(app, title="Tetap")
    file_id = send(editor, kept.id, CSV, "a.csv").json["data"]["id"]
    assert editor("POST", f"/manage/v1/documents/{kept.id}/publish", match=2, json={}).status_code == 200
    assert editor("DELETE", f"{path_of(kept.id)}/{file_id}", match=3).status_code == 204
    make_old(tmp_path)
    assert swept(app) == 1
    assert stored_names(tmp_path) == {digest(CSV)}


def test_many_broken_uploads_do_not_fill_the_disk(
    app: Flask, storage: LocalStorage, document: Item, editor: Caller, tmp_path: Path
) -> None:
    body = part("file", PDF, "a.pdf")
    for _ in range(100):
        answer = editor(
            "POST", path_of(document.id), data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}"
        )
        assert answer.status_code == 400
    assert stored_names(tmp_path) == set()


def test_an_orphan_on_s3_is_swept(
    app: Flask, city: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moment: Callable[[timedelta], None]
) -> None:
    with s3_server() as endpoint:
        s3 = marked(
            storage_from_url(
                new_bucket(endpoint), incoming=tmp_path / "in", access_key=ACCESS_KEY, secret_key=SECRET_KEY
            )
        )
        use_storage(app, monkeypatch, s3)
        s3.put(incoming_file(tmp_path / "in", b"orphan"), digest(b"orphan"))
        moment(timedelta(days=-365))
        assert swept(app) == 0
        moment(timedelta(days=2 * 365))
        assert swept(app) == 1
        with app.app_context():
            assert not runtime().storage.exists(digest(b"orphan"))
