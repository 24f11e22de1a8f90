"""Every operation, asked as its description allows and as it forbids: no server error, and nothing undocumented.

Schemathesis makes the requests from the committed OpenAPI document; the application answers as in production (an
unexpected exception becomes a 500), to an administrator who is also central editor, and to a website with every scope.
The requests are the same in every run.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.openapi import from_dict
from schemathesis.schemas import APIOperation
from schemathesis.transport.wsgi import WSGI_TRANSPORT
from werkzeug.test import TestResponse

from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from config import PROJECT_ROOT
from tests.factories import add_consumer, add_document, add_key, add_post, add_published_document, add_published_post
from tests.people import sign_in

EXAMPLES = 10
DOCUMENTED_BUSY = 503
# What made-up text never hits, so that the fields beside it are looked at.
REFERENCES = {
    "agency": "dpu", "channel": "dpu", "category": "infrastruktur", "areas": ["64.71"], "information_kind": "BK-A",
    "language": "id", "cover": None, "source_url": None,
}  # fmt: skip
OPERATIONS = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in from_dict(
        json.loads((PROJECT_ROOT / "docs" / "openapi.json").read_text()), config=SchemathesisConfig()
    ).get_all_operations()
}


@dataclass(slots=True)
class City:
    """Who asks, and what there is to ask for: values of path parameters that lead somewhere."""

    client: FlaskClient
    person: str
    key: str
    known: dict[str, list[str]]

    def ask(self, case: Case, values: Mapping[str, str], *, is_current: bool) -> TestResponse:
        """Send the case with these path parameters, the caller's own token and, when it is conditional, the current version."""
        case.path_parameters = {**(case.path_parameters or {}), **values}
        if is_current and isinstance(case.body, dict):
            case.body = {**case.body, **{name: REFERENCES[name] for name in case.body.keys() & REFERENCES.keys()}}
        sent = WSGI_TRANSPORT.serialize_case(case)
        if "json" in sent:
            # Flask's client writes JSON with the application's own encoder, which knows no integers beyond 64 bits.
            sent["data"] = json.dumps(sent.pop("json"))
        token = self.key if sent["path"].startswith("/v1/") else self.person
        sent["headers"] = {**sent["headers"], "Authorization": f"Bearer {token}"}
        if is_current and "If-Match" in sent["headers"]:
            sent["headers"]["If-Match"] = self._version(sent["path"])
        return self.client.open(**sent)

    def path_values(self, operation: APIOperation) -> dict[str, list[str]]:
        """Values that lead to something, for each parameter of the path."""
        named = re.findall(r"/([a-z]+)/{(\w+)}", operation.path)
        return {name: self.known[collection] for collection, name in named if collection in self.known}

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


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_no_request_makes_a_server_error(fuzzed: City, operation_id: str) -> None:
    """The client of the tests refuses 500 and whatever the document does not tell."""
    operation = OPERATIONS[operation_id]
    faults: list[str] = []
    asked = 0

    def ask(case: Case, data: st.DataObject) -> None:
        nonlocal asked
        values = {name: data.draw(st.sampled_from(values)) for name, values in fuzzed.path_values(operation).items()}
        is_known = data.draw(st.booleans())
        asked += 1
        try:
            answer = fuzzed.ask(case, values if is_known else {}, is_current=is_known)
        except AssertionError as fault:
            faults.append(f"{fault}\n  {case.as_curl_command()}")
        else:
            if answer.status_code >= 500 and not _says_when_to_come_back(answer):
                faults.append(f"{answer.status_code}\n  {case.as_curl_command()}")

    # Faults are collected: every example changes the database, so that none of them could be told twice.
    _bounded(given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), st.data())(ask))()
    # Where nothing is asked for, or any text will do, nothing can be wrong.
    with suppress(Unsatisfiable):
        _bounded(given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), st.data())(ask))()

    assert faults == [], "\n".join(faults)
    assert asked > 0


def _bounded(test: Callable[[], None]) -> Callable[[], None]:
    return settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )(test)  # fmt: skip


def _says_when_to_come_back(answer: TestResponse) -> bool:
    return answer.status_code == DOCUMENTED_BUSY and "Retry-After" in answer.headers
