"""A published document with a file, as websites download it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from cms.consumers.models import Scope
from cms.core.permissions import Role
from tests.documents.samples import PDF
from tests.documents.uploads import send
from tests.factories import add_document
from tests.people import Caller, People

CONTENT = PDF[:-6] + bytes(range(256)) * 4 + PDF[-6:]
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Published:
    """A document with one file, and the people around it."""

    def __init__(self, app: Flask, people: People) -> None:
        self.site = people.website()
        self.narrow = people.website(agencies=["dishub"])
        self.content_only = people.website(scopes=[Scope.CONTENT_READ])
        self.editor = people.person(Role.CENTRAL_EDITOR)
        self.id = add_document(app).id
        self.file_id = ""

    def add(self, content: bytes = CONTENT, name: str = "renja.pdf") -> str:
        """Add a file to the draft; its id."""
        answer = send(self.editor, self.id, content, name)
        assert answer.status_code == 201, answer.json
        self.file_id = answer.json["data"]["id"]
        return self.file_id

    def transition(self, name: str, body: dict[str, Any] | None = None) -> None:
        """Publish or unpublish what is there now."""
        version = self.editor.get(f"/manage/v1/documents/{self.id}").headers["ETag"]
        answer = self.editor("POST", f"/manage/v1/documents/{self.id}/{name}", match=version, json=body or {})
        assert answer.status_code == 200, answer.json

    @property
    def path(self) -> str:
        """Where readers get the file."""
        return f"/v1/documents/{self.id}/files/{self.file_id}"

    def get(self, caller: Caller | None = None, method: str = "GET", **headers: str) -> TestResponse:
        """Ask for the file."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return (caller or self.site)(method, self.path, headers=sent)
