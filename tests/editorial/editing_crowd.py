"""What the processes of test_concurrent_editing.py do: several clients each, that edit one post over HTTP.

They start from a fork server that has imported the application once. A client is a thread with a test client of its own;
it reads the post, adds a mark to the version it read, and says what it was told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import Flask

from cms.application import create_app
from cms.core import clock
from config import Settings
from tests.conftest import NOW

_here: dict[str, Any] = {}


@dataclass(slots=True)
class Edits:
    """What one client was told: the edition of each of its marks, and how often somebody else had been faster."""

    marks: dict[str, int] = field(default_factory=dict)
    stale: int = 0


def enter(settings: str, together: Barrier) -> None:
    """Begin this process: its own application, at the moment at which the tokens of the test were made."""
    app = create_app(Settings.from_environ(json.loads(settings)))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    _here.update(app=app, together=together, frozen=clock.frozen(NOW))
    _here["frozen"].__enter__()


def edit(names: Sequence[str], token: str, path: str, rounds: int) -> list[Edits]:
    """Let these clients edit the post at once, each as often as this."""
    _here["together"].wait()
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: _client(name, token, path, rounds), names))


def _client(name: str, token: str, path: str, rounds: int) -> Edits:
    edits = Edits()
    for turn in range(rounds):
        _leave_mark(edits, f"{name}-{turn}", token, path)
    return edits


def _leave_mark(edits: Edits, mark: str, token: str, path: str) -> None:
    """Read, then write on what was read: a person who is refused would look at both texts before trying again."""
    app: Flask = _here["app"]
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    seen: Any = client.get(path, headers=headers)
    body = {"body": f"{seen.json['data']['body']}\n\n{mark}"}
    answer: Any = client.patch(path, json=body, headers={**headers, "If-Match": seen.headers["ETag"]})
    if answer.status_code == 200:
        edits.marks[mark] = answer.json["data"]["edition"]
        return
    assert (answer.status_code, answer.json["code"]) == (412, "stale_version"), answer.json
    assert answer.json["current_etag"] != seen.headers["ETag"]
    edits.stale += 1
