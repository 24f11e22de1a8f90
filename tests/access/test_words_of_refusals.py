"""A refused key or token is told what is wrong with it, by its shape alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.consumers.keys import make_key
from cms.core import clock
from cms.core.http import credentials
from cms.core.http.messages.credential_words import CREDENTIALS
from tests.factories import add_city, add_consumer, add_key

V1, MANAGE = "/v1/posts", "/manage/v1/me"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


def told(client: FlaskClient, path: str, sent: str | None, language: str = "en") -> str:
    headers = {"Accept-Language": language} | ({} if sent is None else {"Authorization": sent})
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (401, "no-store")
    detail: str = answer.get_json()["detail"]
    assert "{" not in detail
    return detail


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        (V1, None, "a delivery key (Authorization: Bearer smp_...)"),
        ("/v1/nowhere", None, "a delivery key"),
        (MANAGE, None, "sign in first"),
        (V1, f"Bearer {TOKEN}", "this is a person's token: it opens /manage only"),
        (V1, f"Bearer smp_{38 * '0'}", "mistyped, revoked or expired"),
        (V1, "Bearer smp_x", "mistyped, revoked or expired"),
        (V1, "Bearer abc", "those begin with smp_"),
        (V1, "Basic abc", "the header must be Authorization: Bearer"),
        (MANAGE, f"Bearer smp_{38 * '0'}", "this is a delivery key: it opens /v1 only"),
        (MANAGE, f"Bearer {TOKEN}", "malformed, expired or revoked"),
        (MANAGE, "Bearer", "the header must be Authorization: Bearer"),
        ("/metrics", f"Bearer {TOKEN}", "not the token of this address"),
    ],
)
def test_a_refusal_says_what_this_address_takes(client: FlaskClient, path: str, sent: str | None, words: str) -> None:
    english, indonesian = told(client, path, sent), told(client, path, sent, "id")

    assert words in english
    assert english != indonesian
    assert not [each for each in CREDENTIALS if each in indonesian]


def test_a_refusal_does_not_tell_whether_a_key_is_known(app: Flask, client: FlaskClient) -> None:
    add_city(app)
    _id, key = add_key(app, add_consumer(app))

    assert told(client, MANAGE, f"Bearer {key}") == told(client, MANAGE, f"Bearer {make_key()}")
    _id, old = add_key(app, add_consumer(app), expires_at=clock.now())
    assert (
        told(client, V1, f"Bearer {old}")
        == told(client, V1, f"Bearer {make_key()}")
        == told(client, V1, "Bearer smp_x")
    )


def test_every_sentence_has_indonesian_words() -> None:
    tree = ast.parse(Path(credentials.__file__).read_text(encoding="utf-8"))
    returned = (each.value for each in ast.walk(tree) if isinstance(each, ast.Return))
    sentences = {each.value for each in returned if isinstance(each, ast.Constant)}

    assert sentences | {*credentials.NEEDED.values()} == CREDENTIALS.keys()
