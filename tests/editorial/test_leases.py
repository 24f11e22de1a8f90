"""Edit leases over HTTP: a courtesy that says who is writing, and never decides a write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cms.changes.models import Change
from cms.core.db import session
from cms.editorial.leases.models import EditLease
from tests.editorial.city import AUTHOR, EDITOR, Caller, document, post

Callers = dict[str, Caller]
NOBODY = {"holder": None, "since": None, "until": None}


@pytest.fixture(params=["post", "document"])
def path(request: pytest.FixtureRequest, callers: Callers) -> str:
    """The path of a draft."""
    plural, content = {"post": ("posts", post()), "document": ("documents", document())}[request.param]
    return f"{plural}/{callers['author']('POST', plural, content).json['data']['id']}"


def take(caller: Caller, path: str, **body: Any) -> Any:
    return caller("POST", f"{path}/lease", body)


def log_of(app: Flask, path: str) -> list[str]:
    with app.app_context():
        lines = select(Change.action).where(Change.resource_id == path.split("/")[1]).order_by(Change.sequence)
        return [action.split(".")[1] for action in session.scalars(lines)]


def test_a_lease_lasts_seven_minutes_and_is_renewed(
    app: Flask, client: FlaskClient, callers: Callers, path: str, moment: Any
) -> None:
    assert callers["editor"]("GET", f"{path}/lease").json["data"] == NOBODY
    taken = take(callers["author"], path)
    assert taken.json["data"] == {
        "holder": {"id": AUTHOR.id, "name": "author"},
        "since": "2026-11-24T01:00:00Z",
        "until": "2026-11-24T01:07:00Z",
    }

    moment(timedelta(minutes=6))
    renewed = take(callers["author"], path).json["data"]

    assert (renewed["since"], renewed["until"]) == ("2026-11-24T01:00:00Z", "2026-11-24T01:13:00Z")
    assert callers["auditor"]("GET", f"{path}/lease").json["data"] == renewed
    assert callers["editor"]("GET", path).json["data"]["lease"] == renewed
    moment(timedelta(minutes=7))
    # An access token does not live that long.
    editor = Caller(app, client, EDITOR)
    assert editor("GET", f"{path}/lease").json["data"] == NOBODY
    assert editor("GET", path).json["data"]["lease"] is None


def test_taking_and_renewing_move_no_version_and_say_nothing_to_the_log(
    app: Flask, callers: Callers, path: str
) -> None:
    take(callers["author"], path)
    take(callers["author"], path)
    callers["author"]("DELETE", f"{path}/lease")

    assert callers["author"]("GET", path).headers["ETag"] == '"v1"'
    assert log_of(app, path) == ["created"]


def test_the_lease_of_somebody_else_is_held_until_taken_over(app: Flask, callers: Callers, path: str) -> None:
    take(callers["author"], path)

    refused = take(callers["editor"], path)

    assert (refused.status_code, refused.json["code"]) == (409, "lease_held")
    assert refused.json["lease"] == {
        "holder": {"id": AUTHOR.id, "name": "author"},
        "since": "2026-11-24T01:00:00Z",
        "until": "2026-11-24T01:07:00Z",
    }
    assert "author" in refused.json["detail"]
    assert log_of(app, path) == ["created"]
    taken = take(callers["editor"], path, take_over=True)
    assert taken.json["data"]["holder"] == {"id": EDITOR.id, "name": "agency_editor"}
    assert log_of(app, path) == ["created", "lease_taken_over"]
    assert take(callers["author"], path).status_code == 409


def test_what_has_run_out_is_simply_taken(app: Flask, callers: Callers, path: str, moment: Any) -> None:
    take(callers["author"], path)
    moment(timedelta(minutes=7))

    taken = take(callers["editor"], path, take_over=True).json["data"]

    assert (taken["holder"]["name"], taken["since"]) == ("agency_editor", "2026-11-24T01:07:00Z")
    assert log_of(app, path) == ["created"]


def test_only_the_holder_releases(callers: Callers, path: str) -> None:
    assert callers["editor"]("DELETE", f"{path}/lease").status_code == 204
    take(callers["author"], path)

    assert callers["editor"]("DELETE", f"{path}/lease").json["code"] == "lease_held"

    assert callers["author"]("DELETE", f"{path}/lease").status_code == 204
    assert callers["author"]("GET", f"{path}/lease").json["data"] == NOBODY
    assert take(callers["editor"], path).status_code == 200


def test_a_lease_decides_no_write(callers: Callers, path: str) -> None:
    take(callers["author"], path)

    assert callers["editor"]("PATCH", path, {"title": "Lain"}, match='"v1"').status_code == 200
    assert callers["author"]("PATCH", path, {"title": "Lagi"}, match='"v1"').status_code == 412


def test_who_may_not_edit_now_gets_no_lease(callers: Callers, path: str) -> None:
    callers["author"]("POST", f"{path}/submit", {}, match='"v1"')

    assert take(callers["author"], path).json["code"] == "wrong_state"
    assert take(callers["stranger"], path).status_code == 404
    assert take(callers["auditor"], path).status_code == 403
    assert take(callers["editor"], path, take_over="ya").status_code == 422
    assert take(callers["editor"], path).status_code == 200


def test_a_lease_goes_with_its_item(app: Flask, callers: Callers, path: str) -> None:
    take(callers["author"], path)
    assert callers["author"]("DELETE", path, match='"v1"').status_code == 204
    with app.app_context():
        left = session.scalar(select(func.count()).select_from(EditLease).where(EditLease.until.is_(None)))
    assert left == 0
