"""The code of the guide's chapter on being told at once, as it stands there."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from cms.consumers.services import revoke_key
from tests.factories import add_consumer, add_key, add_published_post
from tests.people import Caller
from tests.stateful.kept_machine import ADMIN
from tests.streams.conftest import Open
from tests.streams.readers import SECONDS
from tests.test_readme import blocks


def follow() -> Any:
    (code,) = [block for block in blocks("docs/api.md", "python") if "Last-Event-ID" in block]
    functions: dict[str, Any] = {"__name__": "guide"}
    exec(compile(code, "docs/api.md", "exec"), functions)  # noqa: S102 - our own guide
    return functions


def test_the_guide_is_told_of_changes_and_ends_with_its_key(
    app: Flask, site: Caller, port: int, streams: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions = follow()
    monkeypatch.setattr(functions["time"], "sleep", lambda _seconds: None)
    consumer = add_consumer(app)
    key_id, token = add_key(app, consumer)
    begin = streams(site.token).last_id
    early = add_published_post(app, title="Sebelum")
    told, has_told = list[str](), threading.Event()
    ended: list[int] = []

    def handle(line: dict[str, Any], position: str) -> None:
        assert position.endswith(f"-{line['sequence']}")
        told.append(line["id"])
        has_told.set()

    def run() -> None:
        try:
            functions["follow"](f"http://127.0.0.1:{port}/v1/changes/stream", token, begin, handle)
        except functions["urllib"].error.HTTPError as error:
            with error:
                ended.append(error.code)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert has_told.wait(SECONDS)
    has_told.clear()
    late = add_published_post(app, title="Sesudah")
    assert has_told.wait(SECONDS)
    with app.app_context():
        revoke_key(ADMIN, consumer, key_id, frozenset({1}))
    thread.join(SECONDS)
    assert (told, ended) == ([early.id, late.id], [401])
