"""Slow senders hold some threads of a process, never all of them: reading goes on, further bodies are refused for a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cms.core import bulkhead
from cms.core.runtime import runtime
from tests.people import People

LOGIN = "/manage/v1/auth/login"
BODY = b"no JSON"
LONGEST_SECONDS = 10


class HeldBody:
    """A sender who lets the server wait until `arrived` is set."""

    def __init__(self) -> None:
        self.awaited, self.arrived = threading.Event(), threading.Event()

    def read(self, size: int = -1) -> bytes:
        self.awaited.set()
        return BODY if self.arrived.wait(LONGEST_SECONDS) else b""


def sent(app: Flask, body: HeldBody, path: str = LOGIN) -> TestResponse:
    sender = {"wsgi.input": body, "CONTENT_LENGTH": str(len(BODY))}
    return app.test_client().post(path, content_type="application/json", environ_overrides=sender)


@contextmanager
def all_places_taken(app: Flask) -> Iterator[None]:
    """As many slow senders as may wait at once, all of them waiting; at the end their bodies come and are answered."""
    with app.app_context():
        most = runtime().bulkhead.most
    held = [HeldBody() for _ in range(most)]
    with ThreadPoolExecutor(most) as threads:
        answers = [threads.submit(sent, app, body) for body in held]
        try:
            assert all(body.awaited.wait(LONGEST_SECONDS) for body in held)
            yield
        finally:
            for body in held:
                body.arrived.set()
    assert [answer.result().json["code"] for answer in answers] == ["malformed_json"] * most  # type: ignore[index]


def test_one_more_body_is_refused_and_reading_goes_on(app: Flask) -> None:
    with all_places_taken(app):
        refused = sent(app, HeldBody())
        assert (refused.status_code, refused.json["code"]) == (503, "unavailable")  # type: ignore[index]
        assert refused.headers["Retry-After"] == "5"
        assert app.test_client().get("/healthz").status_code == 200


def test_whoever_comes_after_one_who_waited_in_vain_does_not_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with all_places_taken(app):
        assert sent(app, HeldBody()).status_code == 503
        monkeypatch.setattr(bulkhead, "PATIENCE_SECONDS", threading.TIMEOUT_MAX)
        assert sent(app, HeldBody()).status_code == 503


def test_places_are_free_again_when_the_bodies_have_come(app: Flask) -> None:
    with all_places_taken(app):
        assert sent(app, HeldBody()).status_code == 503
    with all_places_taken(app):
        pass


def test_who_is_not_known_never_gets_a_place(app: Flask, people: People) -> None:
    body = HeldBody()
    assert sent(app, body, "/manage/v1/posts").status_code == 401
    assert not body.awaited.is_set()
