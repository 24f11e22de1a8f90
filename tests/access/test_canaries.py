"""Over every GET of the OpenAPI document: no word that somebody may not see is in any answer or header, however he asks.

Each text that is hidden has a word of its own. The addresses come from the document: each path parameter is filled with everything
that there is, each parameter of a query is tried, pages are followed. A parameter that this file knows nothing of gets an innocent value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.core.permissions import Role
from config import PROJECT_ROOT
from tests.access.hidden_words import City, hidden_city
from tests.documents.uploads import fresh_storage
from tests.erasures.orders import WORD, Orders
from tests.people import People

DOCUMENT = json.loads((PROJECT_ROOT / "docs" / "openapi.json").read_text())
PAST, FUTURE = "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"
MOST_PAGES = 40
# What the form of a parameter does not tell. Nothing: what has no words of content behind it, or comes from links.
VALUES: dict[str, tuple[str, ...]] = {
    "agency": ("dlh,bpbd", "dlh"), "channel": ("dlh,bpbd", "dlh"), "parent": ("kota",), "area": ("64.71",), "category": ("infrastruktur",),
    "tag": ("netral",), "slug": ("netral", "dlh"), "information_kind": ("BK-A",), "year": ("2026",), "type": ("post", "document"),
    "limit": ("1",), "max_bytes": ("10000",), "hours": ("8760",), "from_sequence": ("1",), "to_sequence": ("999",), "q": ("kabar", "ringkasan"),
    "url": ("https://lama.example/netral",), "scope": ("city", "dlh"), "edition": ("1", "2"), "part": ("0", "1", "2"), "from": ("1",), "to": ("1",),
    "name": ("card.webp", "web"), "rendition": ("card.webp",),
    "cursor": (), "position": (), "after": (PAST,), "before": (FUTURE,), "v": (), "wait": (), "actor": (), "request_id": (),
}  # fmt: skip
NO_CONTENT = frozenset(
    {
        "consumer_id",
        "key_id",
        "webhook_id",
        "user_id",
        "office_id",
        "office",
        "preview_id",
        "rollback_id",
        "token",
        "fingerprint",
        "document",
        "release_id",
    }
)


def parameters_of(path: str) -> Iterator[dict[str, Any]]:
    for each in (*DOCUMENT["paths"][path].get("parameters", ()), *DOCUMENT["paths"][path]["get"].get("parameters", ())):
        name = each.get("$ref", "").rsplit("/", 1)[-1]
        yield DOCUMENT["components"]["parameters"][name] if name else each


def values_of(parameter: dict[str, Any], known: dict[str, list[str]]) -> tuple[str, ...]:
    """What to try for a parameter."""
    name, schema = parameter["name"], parameter["schema"]
    choices = schema.get("enum") or schema.get("items", {}).get("enum")
    if name in known:
        return tuple(known[name])
    if choices is not None:
        return (*map(str, choices),) if schema.get("type") != "array" else (",".join(choices),)
    if schema.get("type") == "boolean":
        return ("true", "false")
    if name.endswith(("_after", "_before", "_at")):
        return (PAST, FUTURE)
    if name in NO_CONTENT or schema.get("format") == "uuid":
        return ("019ac1a0-7c00-7000-8000-000000000002",)
    return VALUES.get(name, ("1",) if schema.get("type") == "integer" else ("netral",))


def addresses(known: dict[str, list[str]]) -> Iterator[str]:
    """Every address of every GET: alone, and with each parameter."""
    for path in DOCUMENT["paths"]:
        if "get" not in DOCUMENT["paths"][path]:
            continue
        found = list(parameters_of(path))
        inside = [each for each in found if each["in"] == "path"]
        needed = {
            each["name"]: next(iter(values_of(each, known)), "netral")
            for each in found
            if each["in"] == "query" and each.get("required")
        }
        queries = [
            f"?{urlencode({**needed, each['name']: value})}"
            for each in found
            if each["in"] == "query"
            for value in values_of(each, known)
        ]
        for chosen in product(*(values_of(each, known) for each in inside)):
            names = {each["name"]: value for each, value in zip(inside, chosen, strict=True)}
            yield from (path.format_map(names) + query for query in ("", *queries))
    yield from (f"/v1/resolve?{address}" for address in known["address"])


class Reading:
    """Somebody who asks for everything, and which words he was shown by which address."""

    def __init__(self, app: Flask, client: FlaskClient, token: str | None, words: dict[str, str]) -> None:
        self.app, self.client, self.words = app, client, words
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.shown: dict[str, str] = {}
        self.asked = 0

    def read(self, address: str) -> None:
        following: str | None = address
        for _page in range(MOST_PAGES):
            if following is None:
                return
            answer = self._ask(following)
            told = f"{answer.headers}".encode() + answer.get_data()
            self.shown |= {what: following for what, word in self.words.items() if word.encode() in told}
            following = _next(answer)

    def _ask(self, address: str) -> TestResponse:
        self.app.extensions["simpul_delivery"].limits.forget()
        self.asked += 1
        answer = self.client.get(address, headers=self.headers)
        assert answer.status_code < 500 or "Retry-After" in answer.headers, address
        return answer


def _next(answer: TestResponse) -> str | None:
    if answer.status_code != 200 or not answer.is_json or not isinstance(answer.json, dict):
        return None
    meta, link = answer.json.get("meta") or {}, (answer.json.get("links") or {}).get("next")
    if link is None or meta.get("complete"):
        return None
    parts = urlsplit(str(link))
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def hidden(app: Flask, city: None, people: People) -> City:
    """Something of everything that somebody may not see."""
    return hidden_city(app, people)


def shown_to(app: Flask, client: FlaskClient, token: str | None, hidden: City) -> dict[str, str]:
    reading = Reading(app, client, token, hidden.words)
    for address in addresses(hidden.known):
        reading.read(address)
    assert reading.asked > 300
    return reading.shown


def without(shown: dict[str, str], *prefixes: str) -> dict[str, str]:
    return {what: address for what, address in shown.items() if not what.startswith(prefixes)}


def test_a_key_of_one_agency_shows_nothing_hidden_and_nothing_of_another_agency(
    app: Flask, client: FlaskClient, people: People, hidden: City
) -> None:
    shown = shown_to(app, client, people.website(agencies=["dlh"]).token, hidden)

    assert without(shown, "open") == {}
    assert "open post" in shown


def test_a_key_of_all_agencies_shows_all_that_is_public_and_nothing_hidden(
    app: Flask, client: FlaskClient, people: People, hidden: City
) -> None:
    shown = shown_to(app, client, people.website().token, hidden)

    assert without(shown, "open", "foreign") == {}
    assert {what for what in hidden.words if what.startswith(("open", "foreign"))} <= shown.keys()


def test_without_a_token_or_a_role_nothing_hidden_is_shown(
    app: Flask, client: FlaskClient, people: People, hidden: City
) -> None:
    for token in (None, people.stranger().token):
        assert without(shown_to(app, client, token, hidden), "open", "foreign") == {}


def test_an_editor_of_another_agency_reads_no_draft(
    app: Flask, client: FlaskClient, people: People, hidden: City
) -> None:
    shown = shown_to(app, client, people.person(Role.AGENCY_EDITOR, "dishub").token, hidden)

    assert {what: address for what, address in shown.items() if what.startswith("draft")} == {}


def test_whoever_may_see_them_finds_each_word(app: Flask, client: FlaskClient, people: People, hidden: City) -> None:
    """So none of them is hidden from this test."""
    shown = shown_to(app, client, people.person(Role.CENTRAL_EDITOR).token, hidden)

    assert hidden.words.keys() - shown.keys() == set()


def test_what_was_erased_is_shown_to_nobody(
    app: Flask,
    client: FlaskClient,
    city: None,
    people: People,
    moment: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    fresh_storage(app, monkeypatch, tmp_path)
    orders = Orders(app, people, moment)
    post, (document, file_id) = orders.post(), orders.document()
    orders.read_files()
    orders.index()
    ids = [path.rsplit("/", 1)[1] for path in (post, document)]
    erased = City(
        {"erased": WORD}, {"item_id": ids, "id": ids, "ids": [",".join(ids)], "file_id": [file_id], "address": []}
    )
    assert "erased" in shown_to(app, client, orders.site.token, erased)

    orders.erase(post)
    orders.erase(document)

    for caller in (orders.site, orders.editor, orders.superior):
        assert shown_to(app, client, caller.token, erased) == {}
