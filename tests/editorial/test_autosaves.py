"""Autosaves over HTTP: one edition within a sitting, and never into an edition that anybody was shown or decided about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.editorial.city import AUTHOR, Caller
from tests.editorial.editions import Callers, actions, history, made, save


def test_autosaves_of_a_sitting_are_one_edition(app: Flask, client: FlaskClient, callers: Callers, moment: Any) -> None:
    path = made(callers["author"])
    save(callers["author"], path, '"v1"', autosave=True, body="Jalan")
    moment(timedelta(minutes=9))
    save(callers["author"], path, '"v2"', autosave=True, body="Jalan ditutup")
    moment(timedelta(minutes=20))
    # An access token does not live that long.
    callers["author"] = Caller(app, client, AUTHOR)
    last = save(callers["author"], path, '"v3"', autosave=True, body="Jalan ditutup.", title="Judul")

    assert (last.json["data"]["edition"], last.headers["ETag"]) == (2, '"v4"')
    newest, first = history(callers["author"], path)
    assert (newest["edition"], newest["is_autosave"], newest["changed_fields"]) == (2, True, ["body", "title"])
    assert (newest["created_at"], newest["saved_at"]) == ("2026-11-24T01:00:00Z", "2026-11-24T01:29:00Z")
    assert first["is_autosave"] is False
    shown = callers["author"]("GET", f"{path}/editions/2").json["data"]
    assert shown["content"]["body"] == "Jalan ditutup."
    assert "Jalan ditutup." in shown["body_html"]
    assert actions(app, path) == [("post.created", 1), *[("post.updated", 2)] * 3]
    assert callers["author"]("GET", path).json["data"]["title"] == "Judul"


def test_a_sitting_ends_after_half_an_hour(app: Flask, client: FlaskClient, callers: Callers, moment: Any) -> None:
    path = made(callers["author"])
    save(callers["author"], path, '"v1"', autosave=True, body="Satu")
    moment(timedelta(minutes=30))

    assert save(Caller(app, client, AUTHOR), path, '"v2"', autosave=True, body="Dua").json["data"]["edition"] == 3


def test_autosaves_never_go_into_an_edition_of_somebody_else_or_an_ordinary_one(callers: Callers) -> None:
    path = made(callers["author"])
    assert save(callers["author"], path, '"v1"', autosave=True, body="Satu").json["data"]["edition"] == 2
    assert save(callers["editor"], path, '"v2"', autosave=True, body="Dua").json["data"]["edition"] == 3
    assert save(callers["author"], path, '"v3"', autosave=True, body="Tiga").json["data"]["edition"] == 4
    assert save(callers["author"], path, '"v4"', body="Empat").json["data"]["edition"] == 5
    assert save(callers["author"], path, '"v5"', autosave=True, body="Lima").json["data"]["edition"] == 6
    assert callers["author"]("GET", f"{path}/editions/4").json["data"]["content"]["body"] == "Tiga"


def test_what_was_submitted_or_published_is_never_written_again(callers: Callers) -> None:
    path = made(callers["author"])
    save(callers["author"], path, '"v1"', autosave=True, body="Diajukan")
    callers["author"]("POST", f"{path}/submit", {}, match='"v2"')
    callers["editor"]("POST", f"{path}/return", {"comment": "Belum."}, match='"v3"')
    assert save(callers["author"], path, '"v4"', autosave=True, body="Lagi").json["data"]["edition"] == 3

    callers["editor"]("POST", f"{path}/publish", {}, match='"v5"')
    assert save(callers["author"], path, '"v6"', autosave=True, body="Sesudah").json["data"]["edition"] == 4

    bodies = [callers["author"]("GET", f"{path}/editions/{n}").json["data"]["content"]["body"] for n in (2, 3, 4)]
    assert bodies == ["Diajukan", "Lagi", "Sesudah"]


def test_an_autosave_needs_the_current_version_and_says_true_or_false(callers: Callers) -> None:
    path = made(callers["author"])
    save(callers["author"], path, '"v1"', autosave=True, body="Satu")

    assert callers["author"]("PATCH", f"{path}?autosave=true", {"body": "x"}, match='"v1"').status_code == 412
    assert callers["author"]("PATCH", f"{path}?autosave=true", {"body": "x"}).status_code == 428
    assert callers["author"]("PATCH", f"{path}?autosave=ya", {"body": "x"}, match='"v2"').status_code == 400
