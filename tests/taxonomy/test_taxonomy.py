"""Categories are added, renamed and retired; the legal lists come with the project and are read."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.core.db import session
from cms.core.permissions import system_actor
from cms.taxonomy.models import Category, InformationKind
from cms.taxonomy.queries import find_category, find_information_kinds
from cms.taxonomy.services import seed_taxonomy
from tests.agencies.administration import Caller, logged

NEW = {"slug": "banjir", "name_id": "Banjir", "name_en": "Floods"}


def test_an_admin_adds_a_category_and_reads_it_at_its_address(app: Flask, admin: Caller) -> None:
    made = admin("POST", "categories", NEW)

    assert (made.status_code, made.headers["ETag"]) == (201, '"v1"')
    assert made.headers["Location"] == "http://localhost/manage/v1/categories/banjir"
    assert made.json["data"] == {
        **NEW,
        "version": "v1",
        "description": None,
        "is_retired": False,
        "four_eyes": False,
        "created_at": "2026-11-24T01:00:00Z",
        "updated_at": "2026-11-24T01:00:00Z",
    }
    assert admin("GET", "categories/banjir").json == made.json
    assert admin("POST", "categories", NEW).status_code == 409
    assert logged(app) == [("category.created", "banjir", [])]


def test_a_retired_category_leaves_the_list_of_those_in_use(app: Flask, admin: Caller) -> None:
    admin("POST", "categories", NEW)
    admin("POST", "categories", {**NEW, "slug": "jalan"})

    retired = admin("PATCH", "categories/banjir", {"is_retired": True, "name_en": "Flooding"}, '"v1"')

    assert (retired.status_code, retired.headers["ETag"]) == (200, '"v2"')
    assert logged(app)[-1] == ("category.updated", "banjir", ["is_retired", "name_en"])
    listed = {
        query: [category["slug"] for category in admin("GET", f"categories{query}").json["data"]]
        for query in ("", "?retired=true", "?retired=false")
    }
    assert listed == {"": ["banjir", "jalan"], "?retired=true": ["banjir"], "?retired=false": ["jalan"]}


def test_a_change_needs_the_version_that_was_read(app: Flask, admin: Caller) -> None:
    admin("POST", "categories", NEW)

    assert admin("PATCH", "categories/banjir", {"name_en": "Flooding"}).status_code == 428
    assert admin("PATCH", "categories/banjir", {"name_en": "Flooding"}, '"v2"').status_code == 412
    assert admin("PATCH", "categories/banjir", {"name_en": "Floods"}, '"v1"').headers["ETag"] == '"v1"'
    assert admin("PATCH", "categories/nobody", {"name_en": "Flooding"}, '"v1"').status_code == 404
    assert len(logged(app)) == 1


@pytest.mark.parametrize(
    ("change", "status"), [({"slug": "Banjir!"}, 422), ({"name_id": None}, 422), ({"is_retired": True}, 400)]
)
def test_what_does_not_fit_is_refused(app: Flask, admin: Caller, change: dict[str, Any], status: int) -> None:
    assert admin("POST", "categories", {**NEW, **change}).status_code == status
    assert logged(app) == []


def test_an_author_reads_categories_and_changes_none(app: Flask, admin: Caller, author: Caller) -> None:
    admin("POST", "categories", NEW)

    assert author("GET", "categories").status_code == 200
    assert author("POST", "categories", {**NEW, "slug": "jalan"}).status_code == 403
    assert author("PATCH", "categories/banjir", {"is_retired": True}, '"v1"').status_code == 403


@pytest.mark.usefixtures("context")
def test_the_seed_brings_categories_and_the_legal_lists_once(app: Flask) -> None:
    added = seed_taxonomy(system_actor("test"))

    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Category, InformationKind)]
    assert added == sum(count or 0 for count in counts) == 79
    kind = find_information_kinds(["BK-A.1", "ZZ"])["BK-A.1"]
    assert (kind.information_class, kind.parent, kind.cadence_months) == ("berkala", "BK-A", 6)
    before = logged(app)
    assert seed_taxonomy(system_actor("test")) == 0
    assert logged(app) == before


@pytest.mark.usefixtures("context")
def test_text_that_is_no_slug_or_code_finds_nothing() -> None:
    assert find_category("\x00") is find_category("x" * 500) is None
    assert find_information_kinds(["\x00", "x" * 500]) == {}


def test_information_kinds_are_listed_by_class_and_parent(app: Flask, author: Caller) -> None:
    with app.app_context():
        seed_taxonomy(system_actor("test"))

    parts = author("GET", "information-kinds?parent=BK-A").json["data"]
    assert [kind["code"] for kind in parts] == ["BK-A.1", "BK-A.2", "BK-A.3", "BK-A.4"]
    assert {kind["class"] for kind in parts} == {"berkala"}
    urgent = author("GET", "information-kinds?class=serta_merta").json["data"]
    assert [kind["code"] for kind in urgent] == [f"SM-{number}" for number in range(1, 7)]
    first = author("GET", "information-kinds?limit=50").json
    rest = author("GET", first["links"]["next"].removeprefix("http://localhost/manage/v1/")).json
    assert (len(first["data"]), len(rest["data"]), rest["links"]["next"]) == (50, 9, None)
    assert author("GET", "information-kinds?class=rahasia").status_code == 400
