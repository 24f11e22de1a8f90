"""Steps that the tests of copies share."""

from __future__ import annotations

from typing import Any

from flask import Flask

from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.factories import (
    CENTRAL,
    NEWS,
    seen,
)
from tests.people import Caller

Line = dict[str, Any]


def page(site: Caller, address: str = "/v1/sync", **headers: str) -> Any:
    """One page, as JSON."""
    answer = site.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def whole(site: Caller, address: str = "/v1/sync") -> tuple[list[Line], str]:
    """All lines from an address on, and where to go on."""
    lines: list[Line] = []
    while True:
        found = page(site, address)
        lines += found["data"]
        address = found["links"]["next"]
        if found["meta"]["complete"]:
            return lines, address


def edit(app: Flask, item: Item, **values: Any) -> Item:
    """Publish another edition of it."""
    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, values, seen(item)).item
        return publish_item(POST, CENTRAL, item.id, seen(changed), **NEWS).item


def take_back(
    app: Flask, item: Item, standing: Standing, explanation: str | None = None, to: str | None = None
) -> None:
    """Take it back as it is now."""
    with app.app_context():
        unpublish_item(POST, CENTRAL, item.id, seen(item), standing=standing, explanation=explanation, to=to)
