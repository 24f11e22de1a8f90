"""The demonstration city shows every part of editorial work, and loading it again changes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cms.changes.models import Change
from cms.cli.demo import load_city
from cms.cli.demo_city.secrets_file import UNFINISHED, read_secrets
from cms.cli.init import seed_city
from cms.core import clock
from cms.core.db import db
from cms.core.runtime import runtime
from cms.editorial.comments.models import ReviewComment
from cms.editorial.items.models import Item


@pytest.fixture
def instance(app: Flask) -> Path:
    """The instance folder of a loaded city, whose load is then said to have been interrupted at its very end."""
    with app.app_context():
        seed_city()
        folder = Path(runtime().settings.instance_path)
        # The entries have dates, and nothing is published in the future.
        with clock.frozen(datetime(2026, 11, 24, 1, tzinfo=UTC)):
            assert load_city()
            before = _lines()
            (folder / UNFINISHED).touch()
            assert load_city()
            assert not load_city()
        assert _lines() == before
    return folder


def _lines() -> int:
    return db.session.scalars(select(func.count()).select_from(Change)).one()


def test_the_city_has_work_in_every_state_and_reposts(app: Flask, client: FlaskClient, instance: Path) -> None:
    with app.app_context():
        states = Counter(db.session.scalars(select(Item.state)))
        comments = db.session.scalars(select(ReviewComment.pointer)).all()
    secrets = read_secrets(instance)
    assert secrets is not None
    headers = {"Authorization": f"Bearer {secrets.keys['mobile']}"}

    def listed(query: str) -> list[dict[str, object]]:
        answer: list[dict[str, object]] = client.get(f"/v1/posts?{query}", headers=headers).get_json()["data"]
        return answer

    assert set(states) == {
        "draft", "in_review", "approved", "returned", "scheduled", "published", "unpublished",
    }  # fmt: skip
    assert set(comments) == {"/body", "/title"}
    assert [post["relation"] for post in listed("channel=dishub&limit=100")].count("repost") == 1
    assert [post["relation"] for post in listed("channel=kota&limit=100")].count("repost") == 1
    assert len([post for post in listed("agency=setdakot") if post["withdrawn"]]) == 1
    assert len([post for post in listed("limit=100") if post["cover"]]) == 3
