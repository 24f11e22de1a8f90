"""Every operation, asked as its description allows and as it forbids: no server error, and nothing undocumented.

Schemathesis makes the requests from the committed OpenAPI document; the application answers as in production (an
unexpected exception becomes a 500), to an administrator who is also central editor, and to a website with every scope.
The requests are the same in every run.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from tests.factories import (
    add_consumer,
    add_document,
    add_key,
    add_office,
    add_post,
    add_published_document,
    add_published_post,
)
from tests.fuzzed_requests import COLLECTIONS, MadeRequest, operation_ids, requests_of
from tests.people import sign_in

DOCUMENTED_BUSY = 503


@dataclass(slots=True)
class City:
    """Who asks, and what there is to ask for: values of path parameters that lead somewhere."""

    client: FlaskClient
    person: str
    key: str
    known: dict[str, list[str]]

    def ask(self, request: MadeRequest) -> TestResponse:
        """Send the request with the caller's own token and, when it is about something known and conditional, the current version."""
        path = request.path(self.known)
        token = self.key if path.startswith("/v1/") else self.person
        headers = {**request.sent["headers"], "Authorization": f"Bearer {token}"}
        if request.is_known and "If-Match" in headers:
            headers["If-Match"] = self._version(path)
        return self.client.open(**{**request.sent, "path": path, "headers": headers})

    def _version(self, path: str) -> str:
        resource = "/".join(path.split("/")[:5])
        answer = self.client.get(resource, headers={"Authorization": f"Bearer {self.person}"})
        return answer.headers.get("ETag", '"v1"')


@pytest.fixture
def fuzzed(app: Flask, city: None, monkeypatch: pytest.MonkeyPatch) -> City:
    """A small city, whose application answers unexpected exceptions as in production."""
    everything = Actor(new_id(), "Segala Peran", frozenset({(Role.ADMIN, None), (Role.CENTRAL_EDITOR, None)}))
    other = Actor(new_id(), "Orang Lain", frozenset({(Role.AUTHOR, "dpu")}))
    person, _other = sign_in(app, everything), sign_in(app, other)
    consumer = add_consumer(app)
    key_id, key = add_key(app, consumer)
    client = app.test_client()
    documents = [add_document(app).id, add_published_document(app, title="Rencana Strategis").id]
    posts = [add_post(app).id, add_published_post(app, title="Jalan Dibuka").id]
    file_id = _upload(client, person, documents[0])
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.config, "TESTING", False)
    known = {
        "posts": posts, "documents": documents, "users": [other.id], "sessions": [other.id], "consumers": [consumer],
        "keys": [key_id], "files": [file_id], "agencies": ["dpu", "kota"], "editions": ["1"], "categories": ["infrastruktur"],
        "offices": [add_office(app)],
    }  # fmt: skip
    return City(client, person, key, known)


def _upload(client: FlaskClient, token: str, document_id: str) -> str:
    answer = client.post(
        f"/manage/v1/documents/{document_id}/files",
        data={"file": (io.BytesIO(b"nama,jumlah\nDPU,3\n"), "data.csv")},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.json
    file_id: str = answer.json["data"]["id"]
    return file_id


@pytest.mark.parametrize("operation_id", operation_ids())
def test_no_request_makes_a_server_error(fuzzed: City, operation_id: str) -> None:
    """The client of the tests refuses 500 and whatever the document does not tell."""
    assert fuzzed.known.keys() == COLLECTIONS
    requests, faults = requests_of(operation_id), []
    for request in requests:
        try:
            answer = fuzzed.ask(request)
        except AssertionError as fault:
            faults.append(f"{fault}\n  {request.told}")
        else:
            if answer.status_code >= 500 and not _says_when_to_come_back(answer):
                faults.append(f"{answer.status_code}\n  {request.told}")

    assert faults == [], "\n".join(faults)
    assert requests


def _says_when_to_come_back(answer: TestResponse) -> bool:
    return answer.status_code == DOCUMENTED_BUSY and "Retry-After" in answer.headers
