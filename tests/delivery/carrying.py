"""What tests of reposts do and look at."""

from __future__ import annotations

from typing import Any

from flask import Flask

from cms.core.db import session
from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.reposts.services import repost_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.factories import CENTRAL, NEWS, seen
from tests.people import Caller


def carry(app: Flask, item: Item, *agencies: str, **note: Any) -> None:
    with app.app_context():
        for agency in agencies:
            repost_item(POST, CENTRAL, item.id, agency, **note)


def edit(app: Flask, item: Item, **values: Any) -> Item:
    """Save and publish."""
    with app.app_context():
        current = session.get_one(Item, item.id)
        changed = update_item(POST, CENTRAL, item.id, values, seen(current)).item
        return publish_item(POST, CENTRAL, item.id, seen(changed), **NEWS).item


def take_back(
    app: Flask, item: Item, standing: Standing, explanation: str | None = None, to: str | None = None
) -> Item:
    told = {"explanation": explanation, "to": to}
    with app.app_context():
        current = session.get_one(Item, item.id)
        return unpublish_item(POST, CENTRAL, item.id, seen(current), standing=standing, **told).item


def rows(caller: Caller, query: str) -> list[dict[str, Any]]:
    answer = caller.get(f"/v1/posts?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["data"]  # type: ignore[index]
    return found


def relations(caller: Caller, query: str) -> dict[str, str]:
    return {row["title"]: row["relation"] for row in rows(caller, query)}
