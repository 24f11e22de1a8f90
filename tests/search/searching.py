"""What tests of search do: let the index follow the log, and ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask

from cms.changes.followers import follow_log
from cms.search.followers import NAME, foresee_index, index_changed
from tests.people import Caller


def follow(app: Flask) -> None:
    """What the worker does."""
    with app.app_context():
        while follow_log(NAME, index_changed, foresee=foresee_index):
            pass


def answer(caller: Caller, q: str, **parameters: Any) -> dict[str, Any]:
    found = caller.get(f"/v1/search?{urlencode({'q': q, **parameters}, safe=',')}")
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json
    return body


def hits(caller: Caller, q: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """The hits of all pages."""
    body = answer(caller, q, **parameters)
    yield from body["data"]
    while body["links"]["next"]:
        parts = urlsplit(body["links"]["next"])
        body = caller.get(f"{parts.path}?{parts.query}").json
        yield from body["data"]


def ids_of(caller: Caller, body: dict[str, Any]) -> Iterator[str]:
    """The ids on a page and on all that follow it."""
    yield from (hit["id"] for hit in body["data"])
    while body["links"]["next"]:
        parts = urlsplit(body["links"]["next"])
        body = caller.get(f"{parts.path}?{parts.query}").json
        yield from (hit["id"] for hit in body["data"])


def titles(caller: Caller, q: str, **parameters: Any) -> list[str]:
    return [hit["title"] for hit in hits(caller, q, **parameters)]
