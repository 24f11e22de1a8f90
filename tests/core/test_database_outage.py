"""A database that is away: a clear 503 with Retry-After on every plane, never a 500."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from cms.application import create_app
from cms.consumers.keys import make_key
from cms.core.db import db
from cms.core.permissions import Role
from config import Settings
from tests.factories import add_city, add_published_post, post_content
from tests.people import People


@pytest.fixture
def stranded(tmp_path: Path) -> FlaskClient:
    """A client of an application whose PostgreSQL nobody started."""
    settings = Settings.from_environ(
        {
            "DATABASE_URL": f"postgresql://nobody@localhost/none?host={tmp_path}",
            "INSTANCE_PATH": str(tmp_path),
            "SECRET_KEY": "only-for-tests-" * 4,
            "LOG_LEVEL": "CRITICAL",
        }
    )
    return create_app(settings).test_client()


def test_readers_and_editors_are_told_to_come_back(stranded: FlaskClient) -> None:
    login = {"email": "editor@balikpapan.example", "password": "long enough to be one"}

    answers = [
        stranded.get("/v1/posts", headers={"Authorization": f"Bearer {make_key()}"}),
        stranded.post("/manage/v1/auth/login", json=login),
        stranded.post("/manage/v1/auth/refresh", json={"refresh_token": "skr_" + "a" * 43}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable"), answer.text
        assert int(answer.headers["Retry-After"]) > 0


def test_a_browser_is_answered_as_well(stranded: FlaskClient) -> None:
    origin = {"Origin": "https://dpu.balikpapan.example"}

    preflight = stranded.options("/v1/posts", headers={**origin, "Access-Control-Request-Method": "GET"})
    answer = stranded.get("/v1/posts", headers={**origin, "Authorization": f"Bearer {make_key()}"})

    assert (preflight.status_code, answer.status_code) == (204, 503)
    assert "Access-Control-Allow-Origin" not in {*preflight.headers.keys(), *answer.headers.keys()}


def test_the_process_itself_is_healthy_but_not_ready(stranded: FlaskClient) -> None:
    assert stranded.get("/healthz").status_code == 200
    assert stranded.get("/readyz").status_code == 503


def test_a_full_disk_refuses_writes_and_leaves_reads(app: Flask, people: People) -> None:
    add_city(app)
    add_published_post(app)
    site, author = people.website(), people.person(Role.AUTHOR, "dpu")
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        pytest.skip("the disk of a PostgreSQL server cannot be filled from here; SQLite can be told that it is full")

    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Pages that tests before this one have left free would take the first writes.
        connection.exec_driver_sql("VACUUM")

    def fill(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")

    event.listen(engine, "checkout", fill)
    try:
        # Pages that earlier tests have freed are used up first.
        answers = (author.post("/manage/v1/posts", json=post_content(body="x" * 150_000)) for _ in range(300))
        refused = next(answer for answer in answers if answer.status_code != 201)
        read = site.get("/v1/posts")
    finally:
        event.remove(engine, "checkout", fill)
        engine.dispose()

    assert (refused.status_code, refused.json["code"]) == (503, "storage_full")
    assert len(read.json["data"]) == 1
    assert author.post("/manage/v1/posts", json=post_content()).status_code == 201


def test_a_disk_that_reports_a_fault_is_not_told_as_a_full_one(
    app: Flask, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    add_city(app)
    author = people.person(Role.AUTHOR, "dpu")
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("the disk of a PostgreSQL server cannot be made to fail from here; that of SQLite can")

    caplog.set_level("ERROR")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system refuses what would make a file longer than this, which SQLite is told as a fault.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        refused = author.post("/manage/v1/posts", json=post_content())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (refused.status_code, refused.json["code"]) == (503, "database_unavailable")
    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(line["event"], line["reason"]) for line in told] == [("disk_of_database_failed", "disk I/O error")]
    assert author.post("/manage/v1/posts", json=post_content()).status_code == 201
