"""A post that was live before reposts were invented has their fields after the migration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, update

from cms.application import create_app
from cms.core.db import db, session, unit_of_work
from cms.posts.delivered_schemas import PostCardSchema, PostSchema
from cms.publishing.models import Publication
from config import Settings
from tests.database import own_database
from tests.factories import add_city, add_published_document, add_published_post

NEW = {"canonical_url", "credit_line", "relation", "repost", "reposted_by", "social_text"}


@pytest.fixture
def own_app(environment: dict[str, str], migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a migrated database of its own."""
    with own_database(tmp_path, "completed", migrated_database) as url:
        yield from _app(environment, url)


def _app(environment: dict[str, str], url: str) -> Iterator[Flask]:
    app = create_app(Settings.from_environ({**environment, "DATABASE_URL": url}))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_what_is_live_gets_the_new_fields_and_keeps_the_others(own_app: Flask) -> None:
    add_city(own_app)
    credit = {"unit": "dpu", "initials": ["cha"]}
    post = add_published_post(own_app, credit=credit)
    document = add_published_document(own_app)
    with own_app.app_context():
        now = {item.id: _forms(item.id) for item in (post, document)}
        old = [{name: value for name, value in form.items() if name not in NEW} for form in now[post.id]]
        _write(post.id, *old)

        downgrade(revision="0011")
        upgrade()

        card, full = _forms(post.id)
        assert {**card, **full}.keys() == {**now[post.id][0], **now[post.id][1]}.keys()
        assert (card, full | {"social_text": ""}) == (now[post.id][0], now[post.id][1] | {"social_text": ""})
        assert full["social_text"] == f"{full['title']}\n{full['canonical_url']}"
        assert not PostCardSchema().validate(card)
        assert not PostSchema().validate(full)
        assert _forms(document.id) == now[document.id]


def _forms(item_id: str) -> tuple[dict[str, object], dict[str, object]]:
    session.rollback()
    row = session.execute(
        select(Publication.card_json, Publication.full_json).where(Publication.item_id == item_id)
    ).one()
    return json.loads(row.card_json), json.loads(row.full_json)


def _write(item_id: str, card: dict[str, object], full: dict[str, object]) -> None:
    with unit_of_work() as unit:
        values = {"card_json": json.dumps(card), "full_json": json.dumps(full)}
        unit.session.execute(update(Publication).where(Publication.item_id == item_id).values(**values))
    session.rollback()
