"""Sending files: forms as websites and scripts send them, whole and broken."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cms.core.storage.blobs import MARKER
from cms.core.storage.local import LocalStorage
from tests.documents.samples import PDF
from tests.people import Caller

BOUNDARY = "simpul-boundary"


def path_of(document_id: str) -> str:
    """Where files of a document are added."""
    return f"/manage/v1/documents/{document_id}/files"


def send(
    caller: Caller, document_id: str, content: bytes = PDF, name: str = "renja.pdf", **fields: str
) -> TestResponse:
    """Add a file."""
    return caller("POST", path_of(document_id), data={**fields, "file": (BytesIO(content), name)})


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    """One part of a form, written out."""
    disposition = f'form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')
    return f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A complete body of these parts."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send_raw(caller: Caller, document_id: str, body: bytes, **sent: Any) -> TestResponse:
    """Send this body as it is."""
    content_type = sent.pop("content_type", f"multipart/form-data; boundary={BOUNDARY}")
    return caller("POST", path_of(document_id), data=body, content_type=content_type, **sent)


def send_stream(caller: Caller, document_id: str, stream: Any, length: int) -> TestResponse:
    """Send what the stream gives, with this Content-Length whether it is true or not."""
    overrides = {
        "wsgi.input": stream,
        "CONTENT_LENGTH": str(length),
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
    }
    return caller("POST", path_of(document_id), environ_overrides=overrides)


def digest(content: bytes) -> str:
    """SHA-256 as text."""
    return hashlib.sha256(content).hexdigest()


def use_storage(app: Flask, monkeypatch: pytest.MonkeyPatch, storage: Any, **settings: Any) -> None:
    """Let the application use this storage, and these settings, until the test ends."""
    runtime = app.extensions["simpul"]
    changed = replace(runtime, storage=storage, settings=replace(runtime.settings, **settings))
    monkeypatch.setitem(app.extensions, "simpul", changed)


def fresh_storage(app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: Any) -> LocalStorage:
    """An empty local storage for one test."""
    storage = LocalStorage(folder / "files")
    storage.mark("tests")
    use_storage(app, monkeypatch, storage, **settings)
    return storage


def stored_names(folder: Path) -> set[str]:
    """Every file below the folder, but for the mark of a storage."""
    return {path.name for path in folder.rglob("*") if path.is_file()} - {MARKER}
