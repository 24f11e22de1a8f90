"""Positions of copies: with their filters inside, kept by keys that see the same, and ended when they mean something else."""

from __future__ import annotations

import pytest
from flask import Flask

from cms.changes.services import renew_epoch
from cms.core.permissions import system_actor
from tests.conftest import counted_statements
from tests.factories import (
    add_consumer,
    add_key,
    add_published_post,
)
from tests.people import Caller, People
from tests.sync.steps import edit, page, whole

pytestmark = pytest.mark.usefixtures("city")


def test_another_key_of_the_same_scope_goes_on_and_a_narrower_one_begins_anew(
    app: Flask, people: People, site: Caller
) -> None:
    item = add_published_post(app)
    _lines, address = whole(site, "/v1/sync?agency=dpu&type=post&limit=7")
    consumer = add_consumer(app, name="Situs kedua")
    same, narrower = (Caller(app.test_client(), add_key(app, consumer, agencies=of)[1]) for of in (None, ("dpu",)))
    edit(app, item, title="Baru")

    assert [line["id"] for line in page(same, address)["data"]] == [item.id]
    refused = narrower.get(address)
    assert (refused.status_code, refused.json["code"]) == (410, "position_expired")
    assert refused.json["snapshot"] == "http://localhost/v1/sync?type=post&agency=dpu&limit=7"
    assert [line["id"] for line in whole(narrower, refused.json["snapshot"])[0]] == [item.id]


def test_a_restored_database_ends_every_position(app: Flask, site: Caller) -> None:
    add_published_post(app)
    _lines, address = whole(site)
    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    refused = site.get(address)
    assert (refused.status_code, refused.json["snapshot"]) == (
        410,
        "http://localhost/v1/sync?type=post,document&limit=100",
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("position=abc", "invalid_position"),
        ("position=" + "A" * 200, "invalid_position"),
        ("limit=0", "invalid_parameter"),
        ("limit=501", "invalid_parameter"),
        ("max_bytes=1", "invalid_parameter"),
        ("type=user", "invalid_parameter"),
        ("kind=roman", "invalid_parameter"),
        ("fields=sandi", "invalid_parameter"),
        ("relation=own", "invalid_parameter"),
        ("colour=red", "invalid_parameter"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Caller, query: str, code: str) -> None:
    answer = site.get(f"/v1/sync?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_a_position_has_its_filters_and_takes_no_others(app: Flask, site: Caller) -> None:
    _lines, address = whole(site, "/v1/sync?agency=dpu")
    answer = site.get(f"{address}&agency=dishub&type=post")
    assert [error["parameter"] for error in answer.json["errors"]] == ["agency", "type"]
    altered = address.replace("position=", "position=AAAA")
    assert site.get(altered).json["code"] == "invalid_position"


def test_a_poll_without_news_is_a_304_made_of_one_statement(app: Flask, site: Caller) -> None:
    add_published_post(app)
    _lines, address = whole(site)
    tag = site.get(address).headers["ETag"]
    with counted_statements(app) as counted:
        again = site.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, len(counted)) == (304, 1)
    # Where others publish, the copy of one agency still has no news.
    _lines, narrow = whole(site, "/v1/sync?agency=dpu")
    tag = site.get(narrow).headers["ETag"]
    add_published_post(app, agency="dishub", title="Lain")
    assert site.get(narrow, headers={"If-None-Match": tag}).status_code == 304
    assert site.get(address, headers={"If-None-Match": tag}).status_code == 200
