"""The epoch: positions, tags and cursors mean something only on the course of history that gave them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cms.changes.installation import begin_epoch
from cms.changes.models import Installation
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from tests.changes.tampering import tamper
from tests.conftest import counted_statements
from tests.factories import add_city, add_consumer, add_key, add_published_document, add_published_post
from tests.people import Caller, People

HOME = "https://dpu.balikpapan.example"


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


def epoch_of(app: Flask) -> str:
    with app.app_context():
        return session.scalars(select(Installation.epoch)).one()


def renew(app: Flask) -> str:
    """Without the line of the log that tells it, so that no position moves; nor is anybody told of the commit."""
    with app.app_context(), unit_of_work() as unit:
        epoch = begin_epoch(unit, "test")
    app.extensions["simpul_delivery"].remembered.forget()
    return epoch


def test_every_answer_of_the_delivery_plane_says_its_epoch_beside_its_position(app: Flask, site: Caller) -> None:
    post = add_published_post(app)
    epoch = epoch_of(app)
    asked = {
        "/v1/posts": 200,
        f"/v1/posts/{post.id}": 200,
        f"/v1/items?ids={post.id}": 200,
        "/v1/agencies": 200,
        "/v1/whoami": 200,
        "/v1/capabilities": 200,
        "/v1/posts/019ac1a0-7c00-7000-8000-000000000009": 404,
        "/v1/posts?limit=0": 400,
        "/v1/posts?cursor=abc": 400,
        "/v1/nothing": 404,
    }

    for path, status in asked.items():
        for _kept in (False, True):
            answer = site.get(path)
            assert answer.status_code == status, path
            # What is shown has a position of its own, an error that of the log.
            position = answer.json["meta"]["sequence"] if status == 200 else 2  # type: ignore[index]
            assert (answer.headers["Content-Epoch"], int(answer.headers["Content-Seq"])) == (epoch, position), path


def test_a_page_of_a_registered_origin_can_read_the_epoch(app: Flask, site: Caller) -> None:
    _id, key = add_key(app, add_consumer(app, origins=[HOME]))

    exposed = Caller(site.client, key).get("/v1/posts", headers={"Origin": HOME}).headers

    assert "Content-Epoch" in exposed["Access-Control-Expose-Headers"]


def test_no_tag_of_an_epoch_is_a_tag_of_another_one(app: Flask, site: Caller) -> None:
    """The content and its position are the same: only the epoch says that they need not be."""
    post, document = add_published_post(app), add_published_document(app)
    paths = [
        "/v1/posts",
        "/v1/documents",
        f"/v1/posts/{post.id}",
        f"/v1/documents/{document.id}",
        f"/v1/items?ids={post.id},{document.id}",
        "/v1/agencies",
        "/v1/agencies/dpu",
        "/v1/areas",
        "/v1/whoami",
        "/v1/capabilities",
    ]
    tags = {path: site.get(path).headers["ETag"] for path in paths}
    assert all(known(site, path, tag).status_code == 304 for path, tag in tags.items())

    epoch = renew(app)

    for path, tag in tags.items():
        for _kept in (False, True):
            answer = known(site, path, tag)
            assert (answer.status_code, answer.headers["Content-Epoch"]) == (200, epoch), path
        assert answer.headers["ETag"] != tag


def known(site: Caller, path: str, tag: str) -> TestResponse:
    return site.get(path, headers={"If-None-Match": tag})


def test_what_a_process_remembers_of_one_epoch_is_not_used_in_another(app: Flask, site: Caller) -> None:
    """A restored database may have the same positions: keys and reference data are read anew all the same."""
    assert site.get("/v1/agencies/dpu").json["data"]["name"] != "Dinas Lain"

    with app.app_context():
        tamper("UPDATE agencies SET name = 'Dinas Lain' WHERE slug = 'dpu'")
    renew(app)

    assert site.get("/v1/agencies/dpu").json["data"]["name"] == "Dinas Lain"
    with app.app_context():
        tamper("UPDATE delivery_keys SET revoked_at = created_at")
    renew(app)
    assert site.get("/v1/posts").status_code == 401


def test_a_cursor_of_another_epoch_is_refused(app: Flask, site: Caller, people: People) -> None:
    for number in range(3):
        add_published_post(app, title=f"Berita {number}")
    auditor = people.person(Role.AUDITOR)
    lists = {site: ("/v1/posts", "/v1/agencies"), auditor: ("/manage/v1/changes", "/manage/v1/posts")}
    following = {
        path: (caller, caller.get(f"{path}?limit=1").json["links"]["next"].partition("localhost")[2])
        for caller, paths in lists.items()
        for path in paths
    }
    assert all(caller.get(address).status_code == 200 for caller, address in following.values())

    renew(app)

    for path, (caller, address) in following.items():
        answer = caller.get(address)
        assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor"), path
        assert caller.get(f"{path}?limit=1").status_code == 200


def test_a_demanded_position_may_name_its_epoch(app: Flask, site: Caller) -> None:
    add_published_post(app)
    told = site.get("/v1/posts").headers
    demand = f"{told['Content-Seq']}; epoch={told['Content-Epoch']}"
    assert demanding(site, demand).status_code == 200
    assert demanding(site, demand.replace(" ", "")).status_code == 200
    assert demanding(site, f"999; epoch={told['Content-Epoch']}").status_code == 503

    epoch = renew(app)

    changed = demanding(site, demand)
    assert (changed.status_code, changed.json["code"]) == (409, "epoch_changed")
    assert epoch in changed.json["detail"]
    assert changed.headers["Content-Epoch"] == epoch
    assert demanding(site, told["Content-Seq"]).status_code == 200, "without an epoch it is a number"


@pytest.mark.parametrize(
    "demand", ["", "x", "2;", "2; epoch=", "2; epoch=K3V9", "2; era=k3v9", "-1", "٢", "2; epoch=" + "a" * 17]
)
def test_a_demand_that_is_none_is_refused(site: Caller, demand: str) -> None:
    assert demanding(site, demand).status_code == 400


def demanding(site: Caller, position: str) -> TestResponse:
    return site.get("/v1/posts", headers={"Min-Seq": position.encode().decode("latin-1")})


def test_the_epoch_costs_no_statement(app: Flask, site: Caller) -> None:
    post = add_published_post(app)
    site.get("/v1/posts")
    for path, statements_wanted in {f"/v1/posts/{post.id}": 1, "/v1/posts": 1, "/v1/posts?limit=7": 2}.items():
        with counted_statements(app) as statements:
            assert site.get(path).status_code == 200
        assert len(statements) == statements_wanted, path
