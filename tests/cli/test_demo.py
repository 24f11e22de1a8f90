"""The demonstration city shows every part of editorial work, and loading it again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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


Listed = Callable[[str], list[dict[str, Any]]]


def test_the_city_shows_everything(app: Flask, client: FlaskClient, instance: Path) -> None:
    """One test, because the city takes seconds to load."""
    secrets = read_secrets(instance)
    assert secrets is not None
    headers = {"Authorization": f"Bearer {secrets.keys['mobile']}"}

    def listed(path: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = client.get(f"/v1/{path}", headers=headers).get_json()["data"]
        return answer

    roles = {(user.role, user.agency) for user in secrets.users}
    assert {("ppid_utama", None), ("ppid_pelaksana", "dpu"), ("atasan_ppid", None)} <= roles
    has_work_in_every_state(app)
    has_reposts_and_pictures(listed)
    has_filled_agencies_and_offices(listed)
    has_documents_of_every_kind(listed)
    has_an_agenda_from_today_on(listed)


def has_work_in_every_state(app: Flask) -> None:
    with app.app_context():
        states = Counter(db.session.scalars(select(Item.state)))
        comments = db.session.scalars(select(ReviewComment.pointer)).all()
    assert set(states) == {
        "draft", "in_review", "approved", "returned", "scheduled", "published", "unpublished",
    }  # fmt: skip
    assert set(comments) == {"/body", "/title"}


def has_reposts_and_pictures(listed: Listed) -> None:
    assert [post["relation"] for post in listed("posts?channel=dishub&limit=100")].count("repost") == 1
    assert [post["relation"] for post in listed("posts?channel=kota&limit=100")].count("repost") == 1
    assert len([post for post in listed("posts?agency=setdakot") if post["withdrawn"]]) == 1
    posts = listed("posts?limit=100&fields=cover,body_html")
    assert len(posts) / 2 <= len([post for post in posts if post["cover"]]) < len(posts)
    assert len([post for post in posts if "<img " in post["body_html"]]) >= 5


def has_filled_agencies_and_offices(listed: Listed) -> None:
    agencies, offices = listed("agencies?limit=100"), listed("offices?limit=100")
    assert len(agencies) == 41
    for agency in agencies:
        assert agency["site_url"].endswith(".balikpapan.example"), agency
        assert agency["contact"]["email"].endswith(".balikpapan.example"), agency
        assert all(agency["contact"].values()), agency
        assert agency["aliases"], agency
    others = {agency["slug"]: agency["kind"] for agency in agencies if agency["kind"] in {"bumd", "instansi_lain"}}
    assert others == {"pdam": "bumd", "pln": "instansi_lain", "polresta": "instansi_lain", "bmkg": "instansi_lain"}
    assert all(listed(f"posts?agency={slug}") for slug in others)
    assert len(offices) >= 25
    assert all(office["area"] and office["hours"] and all(office["contact"].values()) for office in offices)


def has_documents_of_every_kind(listed: Listed) -> None:
    documents = listed("documents?limit=100&fields=forms,files,office,information_kinds,period,areas,category")
    offices = {office["id"] for office in listed("offices?limit=100")}
    assert len([document for document in documents if document["office"] in offices]) >= 3
    assert [document for document in documents if document["forms"] == ["cetak"] and not document["files"]]
    assert [document for document in documents if len(document["information_kinds"]) > 1]
    for name in ("period", "areas", "category"):
        assert [document for document in documents if document[name]], name
    files = [file for document in documents for file in document["files"]]
    assert {file["role"] for file in files} == {"content", "attachment"}
    assert {file["variant"] for file in files} == {"original", "redacted"}


def has_an_agenda_from_today_on(listed: Listed) -> None:
    """Whatever day the city is loaded: the first example of an agenda in the guide is not empty."""
    coming = listed(f"posts?channel=kota&event_after={clock.now().date()}&sort=event_date")
    assert len(coming) >= 2
    assert [post["event_date"] for post in coming] == sorted(post["event_date"] for post in coming)
    first = datetime.fromisoformat(coming[0]["event"]["begin"])
    assert timedelta(0) < first - clock.now() < timedelta(days=7)
