"""Writes many publications and their entries at once, as they come out of publishing, without it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import Connection, insert

from cms.core import clock
from cms.core.db import db, table_of
from cms.publishing.models import Publication, PublishedItem
from cms.search.entries import Source, entry_of, first_id
from cms.search.index import add_entry
from cms.search.types import searched_types

BEGINNING = datetime(2021, 1, 1, tzinfo=UTC)


def add_posts(app: Flask, titles: Sequence[str], agency: str, body: str) -> list[str]:
    """Publish posts with these titles, each an hour younger than the one before; returns their ids."""
    rows = [_publication(number, title, agency, body) for number, title in enumerate(titles, 1)]
    items = [
        {"number": each["item_number"], "id": each["item_id"], "type": "post", "agency": agency, "standing": "live",
         "first_published_at": each["published_at"], "change_history": []}
        for each in rows
    ]  # fmt: skip
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        connection.execute(insert(table_of(PublishedItem)), items)
        connection.execute(insert(table_of(Publication)), rows)
        _index(connection, rows)
        connection.commit()
    return [each["item_id"] for each in rows]


def _publication(number: int, title: str, agency: str, body: str) -> dict[str, Any]:
    at, item_id = BEGINNING + number * timedelta(hours=1), f"00000000-0000-7000-8000-{number:012}"
    card = {"id": item_id, "type": "post", "title": title, "summary": ""}
    return {
        "id": number, "item_number": number, "item_id": item_id, "type": "post", "agency": agency, "edition": 1,
        "slug": f"s-{number}", "language": "id", "published_at": at, "updated_at": at, "changed_at": at,
        "effective_from": clock.EPOCH, "card_json": orjson.dumps(card).decode(), "terms_json": "[]", "digest": "",
        "full_json": orjson.dumps({**card, "body_text": body}).decode(),
    }  # fmt: skip


def _index(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    searched = searched_types().searched["post"]
    for row in rows:
        source = Source(row["type"], row["agency"], row["full_json"], row["terms_json"], "")
        number = row["item_number"]
        add_entry(connection, first_id(row["published_at"], number), row["id"], number, entry_of(source, searched))
