"""Erasures as people order and confirm them, and where a word could still be found afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cms.changes.followers import LogFollower
from cms.core import clock
from cms.core.db import db
from cms.core.permissions import Role
from cms.erasures.tasks import remove_erased_bytes
from cms.file_texts.tasks import read_waiting
from cms.search.followers import LINES, foresee_index, index_changed
from cms.search.followers import NAME as SEARCH
from tests.conftest import filled_tables
from tests.documents.samples import PDF
from tests.factories import NEWS, document_content, post_content
from tests.people import Caller, People

MANAGE = "/manage/v1"
WORD = "zkanaria"
"""A word that stands in everything that is to be erased, and nowhere else."""
LAW = {"reason": "Memuat data pribadi warga.", "legal_basis": "UU 27/2022 Pasal 43"}
CSV = f"nama,alamat\n{WORD},Jalan MT Haryono\n".encode()


class Orders:
    """Who orders, who confirms, and a website that has what is published."""

    def __init__(self, app: Flask, people: People, moment: Callable[[timedelta], None]) -> None:
        self.app, self.moment = app, moment
        self.officer = people.person(Role.PPID_PELAKSANA, "dpu")
        self.editor = people.person(Role.CENTRAL_EDITOR)
        self.chief = people.person(Role.PPID_UTAMA)
        self.superior = people.person(Role.ATASAN_PPID)
        self.site = people.website()

    def post(self, **values: Any) -> str:
        """The path of a published post with the word in every text and in its address."""
        said = {
            "title": f"Data {WORD}",
            "summary": f"Tentang {WORD}",
            "body": f"Isi {WORD}",
            "tags": [WORD],
            "slug": f"data-{WORD}",
        }
        made = self.editor.post(f"{MANAGE}/posts", post_content(**{**said, **values}))
        assert made.status_code == 201, made.json
        return self._published(f"{MANAGE}/posts/{made.json['data']['id']}")  # type: ignore[index]

    def document(
        self, content: bytes = CSV, name: str = f"{WORD}.csv", slug: str = f"daftar-{WORD}"
    ) -> tuple[str, str]:
        """The path of a published document and the id of its file, both with the word."""
        made = self.editor.post(f"{MANAGE}/documents", document_content(title=f"Daftar {WORD}", slug=slug))
        path = f"{MANAGE}/documents/{made.json['data']['id']}"  # type: ignore[index]
        file_id = self.file(path, content, name)
        return self._published(path), file_id

    def file(self, path: str, content: bytes = PDF, name: str = "renja.pdf", **fields: str) -> str:
        """Add a file to a document; its id."""
        added = self.editor("POST", f"{path}/files", data={**fields, "file": (BytesIO(content), name)})
        assert added.status_code == 201, added.json
        self.age_files()
        return str(added.json["data"]["id"])  # type: ignore[index]

    def age_files(self) -> None:
        """Let the stored files be as old as the frozen clock of the test would have them."""
        with self.app.app_context():
            written = clock.now().timestamp() - 1
        for path in self._files():
            os.utime(path, (written, written))

    def _files(self) -> list[Path]:
        folder = self.app.extensions["simpul"].storage.folder
        return [path for path in Path(folder).rglob("*") if path.is_file()]

    def _published(self, path: str) -> str:
        self.act(path, "publish")
        return path

    def act(self, path: str, verb: str, body: dict[str, Any] | None = None) -> None:
        """Publish it or take it back."""
        done = self.editor("POST", f"{path}/{verb}", match=self.version(path), json=body or {})
        assert done.status_code == 200, done.json

    def change(self, path: str, **fields: Any) -> None:
        """Save another edition."""
        done = self.editor("PATCH", path, match=self.version(path), json=fields)
        assert done.status_code == 200, done.json

    def publish_anew(self, path: str, **fields: Any) -> None:
        """Publish another edition."""
        self.change(path, **fields)
        self.act(path, "publish", NEWS)

    def version(self, path: str) -> str:
        """Its ETag."""
        return str(self.editor.get(path).headers["ETag"])

    def order(self, path: str, by: Caller | None = None, **parts: Any) -> TestResponse:
        """Order the erasure of an item, or of parts of it."""
        body = {**LAW, **({"parts": parts} if parts else {})}
        return (by or self.officer).post(f"{path}/erase", body)

    def confirm(self, ordered: TestResponse, by: Caller | None = None) -> TestResponse:
        """Confirm it."""
        assert ordered.status_code == 201, ordered.json
        return (by or self.superior).post(f"{MANAGE}/erasures/{ordered.json['data']['id']}/confirm", {})  # type: ignore[index]

    def erase(self, path: str, **parts: Any) -> dict[str, Any]:
        """Order, confirm, and let the worker remove the bytes; the order as it was confirmed."""
        done = self.confirm(self.order(path, **parts))
        assert done.status_code == 200, done.json
        self.finish()
        data: dict[str, Any] = done.json["data"]  # type: ignore[index]
        return data

    def finish(self) -> None:
        """Let the worker remove the bytes."""
        self.moment(timedelta(minutes=2))
        with self.app.app_context():
            remove_erased_bytes()

    def read_files(self) -> None:
        """Let the worker read the texts of files."""
        with self.app.app_context():
            while read_waiting():
                pass

    def index(self) -> None:
        """Let the worker index what is published."""
        with self.app.app_context():
            follow = LogFollower(SEARCH, index_changed, foresee_index, LINES)
            while follow():
                pass

    def traces(self, word: str = WORD) -> list[str]:
        """The tables and files in which the word stands."""
        return sorted({*self._tables_with(word), *self._files_with(word)})

    @classmethod
    def traces_of(cls, app: Flask, word: str = WORD) -> list[str]:
        """The same in another installation."""
        found = cls.__new__(cls)
        found.app = app
        return found.traces(word)

    def _tables_with(self, word: str) -> Iterator[str]:
        with self.app.app_context(), db.engine.connect() as connection:
            for table in filled_tables(connection):
                rows = connection.execute(select(table)).all()
                if any(word in repr(tuple(row)) for row in rows):
                    yield table.name

    def _files_with(self, word: str) -> Iterator[str]:
        for path in self._files():
            if word.encode() in path.read_bytes():
                yield path.name
