"""What a page costs the database: a few statements by themselves, whatever it has, and no objects; and what moves between narrow copies."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from cms.changes.actions import Action
from cms.changes.log import record
from cms.core.db import Model, unit_of_work
from cms.core.permissions import system_actor
from tests.conftest import counted_statements
from tests.factories import add_categories, add_published_post
from tests.people import Caller
from tests.sync.steps import edit, page, whole

pytestmark = pytest.mark.usefixtures("city")


def test_a_page_is_a_few_statements_without_a_transaction_and_loads_no_objects(app: Flask, site: Caller) -> None:
    for number in range(12):
        add_published_post(app, title=f"Kabar {number}")
    page(site, "/v1/sync?limit=2")
    loaded: list[Any] = []

    def note(found: Any, _context: Any) -> None:
        loaded.append(found)

    event.listen(Model, "load", note, propagate=True)
    try:
        with counted_statements(app) as few:
            page(site, "/v1/sync?limit=1")
        with counted_statements(app) as many:
            assert len(page(site, "/v1/sync?limit=12")["data"]) == 12
    finally:
        event.remove(Model, "load", note)
    assert len(few) == len(many) <= 4
    assert loaded == []
    for lent in app.extensions["simpul"].reader._idle:
        driver = lent.driver
        is_open = (
            driver.in_transaction
            if hasattr(driver, "in_transaction")
            else driver.info.transaction_status != TransactionStatus.IDLE
        )
        assert not is_open


def test_another_category_takes_an_item_from_one_copy_to_the_other(app: Flask, site: Caller) -> None:
    add_categories(app, "kesehatan")
    item = add_published_post(app, category="infrastruktur")
    before, after = (whole(site, f"/v1/sync?category={slug}")[1] for slug in ("infrastruktur", "kesehatan"))
    edit(app, item, category="kesehatan")

    assert [(line["op"], line["id"]) for line in whole(site, before)[0]] == [("leave", item.id)]
    ((line,), _next) = whole(site, after)
    assert (line["op"], line["id"], line["item"]["category"]) == ("upsert", item.id, "kesehatan")


def test_a_copy_of_content_has_no_news_when_only_reference_data_have(app: Flask, site: Caller) -> None:
    add_published_post(app)
    _lines, address = whole(site)
    tag = site.get(address).headers["ETag"]
    with app.app_context(), unit_of_work() as unit:
        record(unit, Action.CATEGORY_CREATED, "kesehatan", system_actor("test"))
    assert site.get(address, headers={"If-None-Match": tag}).status_code == 304
