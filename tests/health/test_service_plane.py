"""Health and metrics: public, cheap, without content."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cms.core.db import db
from tests.conftest import counted_statements, second_app


def test_liveness_touches_no_database(app: Flask, client: FlaskClient) -> None:
    with counted_statements(app) as statements:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert statements == []


def test_readiness_names_every_check(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["virus_scan"]) == ("ok", "off")
    assert {check["name"]: check["ok"] for check in answer.json["checks"]} == {
        "database": True,
        "migrations": True,
        "storage": True,
        "positions": True,
    }


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/docs", 400)])
def test_whoever_watches_a_node_asks_it_under_its_own_address(
    environment: dict[str, str], path: str, status: int
) -> None:
    with second_app({**environment, "TRUSTED_HOSTS": "api.example.go.id", "METRICS_TOKEN": "t" * 32}) as app:
        token = {"Authorization": f"Bearer {'t' * 32}"} if path == "/metrics" else {}
        answer = app.test_client().get(path, headers={"Host": "10.0.0.11:8000", **token})
    assert answer.status_code == status


def test_readiness_asks_the_database_once_in_five_seconds(app: Flask, client: FlaskClient) -> None:
    client.get("/readyz")
    with counted_statements(app) as statements:
        assert client.get("/readyz").status_code == 200
    assert statements == []


def test_a_database_on_an_older_migration_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.commit()
        try:
            answer = client.get("/readyz")
        finally:
            connection.execute(text("UPDATE alembic_version SET version_num = :current"), {"current": current})
            connection.commit()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert (answer.json["code"], answer.json["detail"]) == ("not_ready", "This server cannot work now: migrations.")


def test_metrics_are_prometheus_text_for_this_machine_in_development(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert re.search(r"^simpul_log_sequence [0-9.e+]+$", answer.text, re.MULTILINE)


def test_metrics_hide_from_other_machines(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 404


def test_metrics_hide_in_production_without_a_token(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_settings(app, monkeypatch, environment="production")
    assert client.get("/metrics").status_code == 404


def test_metrics_take_only_their_own_token(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_settings(app, monkeypatch, metrics_token="m" * 40)
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Basic {'m' * 40}"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"bearer {'m' * 40}"}).status_code == 200


def test_metrics_refuse_a_token_where_none_is_set(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_service_plane_takes_no_parameters(client: FlaskClient) -> None:
    assert client.get("/healthz?verbose=1").status_code == 400


def _with_settings(app: Flask, monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    runtime = app.extensions["simpul"]
    monkeypatch.setitem(app.extensions, "simpul", replace(runtime, settings=replace(runtime.settings, **values)))
