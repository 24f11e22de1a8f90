"""The guide's code for browsers and Node, as it stands there, is told of changes and ends with its key."""

from __future__ import annotations

import subprocess
from pathlib import Path

from flask import Flask

from cms.consumers.services import revoke_key
from tests.factories import add_consumer, add_key, add_published_post
from tests.people import Caller
from tests.stateful.kept_machine import ADMIN
from tests.streams.conftest import port, site  # noqa: F401 - fixtures
from tests.test_readme import blocks

RUN = """
import { follow } from "./guide.mjs";
const [, , stream, key, lastId] = process.argv;
const handle = (line, position) => console.log(line.id, position);
await follow(stream, key, lastId, handle, new AbortController().signal).catch((error) => console.log(error.message));
"""


def test_the_guide_is_told_of_changes_in_javascript(app: Flask, site: Caller, port: int, tmp_path: Path) -> None:  # noqa: F811
    (code,) = [block for block in blocks("docs/api.md", "js") if "Last-Event-ID" in block]
    (tmp_path / "guide.mjs").write_text(code)
    (tmp_path / "run.mjs").write_text(RUN)
    consumer = add_consumer(app)
    key_id, token = add_key(app, consumer)
    headers = site.get("/v1/posts").headers
    begin = f"{headers['Content-Epoch']}-{headers['Content-Seq']}"
    early = add_published_post(app, title="Sebelum")
    stream = f"http://127.0.0.1:{port}/v1/changes/stream"
    command = ["node", "run.mjs", stream, token, begin]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split()[0] == early.id
        late = add_published_post(app, title="Sesudah")
        assert process.stdout.readline().split()[0] == late.id
        with app.app_context():
            revoke_key(ADMIN, consumer, key_id, frozenset({1}))
        assert process.stdout.read().strip() == "invalid_token"
