"""What tests of feeds do: read a page of each format as programs of subscribers do, and follow it to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FORMATS = ("rss", "atom", "json")
ATOM = "{http://www.w3.org/2005/Atom}"
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def parsed(answer: TestResponse) -> Any:
    """The feed as feedparser reads it: nothing in it is wrong."""
    assert answer.status_code == 200, answer.text
    ET.fromstring(answer.data)  # noqa: S314 - our own answer
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not found.bozo, found.get("bozo_exception")
    return found


def page(client: FlaskClient, path: str) -> tuple[list[dict[str, Any]], str | None]:
    """The entries of a page, as id, title and address, and the path of the page that follows."""
    answer = client.get(path)
    if urlsplit(path).path.endswith("/json"):
        assert answer.status_code == 200, answer.text
        feed = answer.get_json(force=True)
        entries = [{"id": item["id"], "title": item["title"], "url": item["url"]} for item in feed["items"]]
        return entries, _path(feed.get("next_url"))
    found = parsed(answer)
    entries = [{"id": entry.id, "title": entry.title, "url": entry.link} for entry in found.entries]
    following = [link.href for link in found.feed.links if link.rel == "next"]
    return entries, _path(following[0] if following else None)


def entries(client: FlaskClient, path: str) -> Iterator[dict[str, Any]]:
    """The entries of all pages."""
    following: str | None = path
    while following is not None:
        found, following = page(client, following)
        yield from found


def titles(client: FlaskClient, path: str) -> list[str]:
    return [entry["title"] for entry in entries(client, path)]


def _path(address: str | None) -> str | None:
    if address is None:
        return None
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
