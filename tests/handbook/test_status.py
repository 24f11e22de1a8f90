"""The status of the server in plain words, for people who do not read JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cms.core.db import db
from cms.handbook.words import WORDS
from cms.health.schemas import CheckSchema
from tests.conftest import second_app

BROWSER = {"Accept": "text/html"}


@contextmanager
def older_database(app: Flask) -> Iterator[None]:
    """The database says that it is on the first migration."""
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("UPDATE alembic_version SET version_num = :current"), {"current": current})
            connection.commit()


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_server_that_works_says_so(client: FlaskClient, language: str) -> None:
    answer = client.get(f"/docs/status?lang={language}", headers=BROWSER)

    words = WORDS[language]
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
    assert answer.headers["Cache-Control"] == "no-store"
    assert words["status_good"] in answer.text
    assert answer.text.count(f"<dd>{words['works']}</dd>") == 4
    # Of the city, not of the reader.
    assert "2026-11-24 09:00 (WITA)" in answer.text
    assert "doctor" not in answer.text
    assert 'href="/readyz"' in answer.text


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_server_that_does_not_work_names_what_and_tells_what_it_means(
    app: Flask, client: FlaskClient, language: str
) -> None:
    with older_database(app):
        answer = client.get("/docs/status", headers={**BROWSER, "Accept-Language": language})
        assert client.get("/readyz").status_code == 503

    words = WORDS[language]
    assert answer.status_code == 200
    assert words["status_bad"] in answer.text
    assert words["status_bad_means"] in answer.text
    assert f"<dt>{words['check_migrations']}</dt><dd>{words['fails']}</dd>" in answer.text
    assert f"<dt>{words['check_database']}</dt><dd>{words['works']}</dd>" in answer.text
    # What exactly is wrong is for whoever runs the server.
    assert "0001" not in answer.text


def test_every_check_has_its_words() -> None:
    names = CheckSchema().fields["name"].metadata["enum"]
    assert all(f"check_{name}" in words for words in WORDS.values() for name in names)


def test_a_storage_that_is_not_there_is_told_in_words(environment: dict[str, str], tmp_path: Path) -> None:
    with second_app({**environment, "STORAGE_URL": f"file://{tmp_path / 'empty'}"}) as app:
        page = app.test_client().get("/docs/status?lang=id", headers=BROWSER).text
    assert "<dt>Berkas dan gambar</dt><dd>tidak berjalan</dd>" in page
