"""What the processes of test_concurrency.py do: write through the services, and follow the log.

They start from a fork server that has imported the application once; `enter` makes each of them a process of its own
with an application, a session and connections of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier, Event
from typing import Any

from flask import Flask

from cms.application import create_app
from cms.changes.followers import follow_log
from cms.changes.log import broken_at, read_after
from cms.changes.models import Change
from cms.core.db import UnitOfWork, rolled_back
from cms.core.errors import StaleVersion
from cms.editorial.items.queries import get_edition, get_item
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.posts.content import POST
from config import Settings
from tests.factories import CENTRAL, post_content, seen

MOST_ATTEMPTS = 500
POLL_SECONDS = 0.01

_here: dict[str, Any] = {}


@dataclass(slots=True)
class Written:
    """What one writer was told: its marks, the posts it published, and how often somebody else had been faster."""

    marks: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    stale: int = 0

    @property
    def writes(self) -> int:
        """Calls of services that succeeded: a mark is one, a published post two."""
        return len(self.marks) + 2 * len(self.published)


def enter(settings: str, together: Barrier, writers_done: Event) -> None:
    """Begin this process: its own application. Called by the pool."""
    _here.update(app=create_app(Settings.from_environ(json.loads(settings))), together=together, done=writers_done)


def write(name: str, shared: Sequence[str], rounds: int) -> Written:
    """Publish posts of one's own and leave marks in posts that everybody edits at the same time."""
    written = Written()
    _here["together"].wait()
    for turn in range(rounds):
        mark = f"{name}-{turn}"
        item_id = shared[turn % len(shared)]
        written.stale += _leave_mark(item_id, mark)
        written.marks.append(mark)
        written.published.append(_publish_own(mark))
    return written


def _leave_mark(item_id: str, mark: str) -> int:
    """Add a line to the body, from the version that was read; returns how many attempts were refused as stale."""
    for refused in range(MOST_ATTEMPTS):
        app: Flask = _here["app"]
        with app.app_context():
            with rolled_back():
                item = get_item(POST, item_id, CENTRAL)
                body, version = get_edition(item).content["body"], seen(item)
            try:
                update_item(POST, CENTRAL, item_id, {"body": f"{body}\n\n{mark}"}, version)
            except StaleVersion:
                continue
            return refused
    raise AssertionError(f"{mark} was refused {MOST_ATTEMPTS} times")


def _publish_own(title: str) -> str:
    app: Flask = _here["app"]
    with app.app_context():
        item = create_item(POST, CENTRAL, POST.completed(post_content(title=title))).item
    with app.app_context():
        publish_item(POST, CENTRAL, item.id, seen(item))
    return item.id


def follow() -> list[int]:
    """Read the log from the beginning while it grows, with a position in memory; returns the sequences in order."""
    found: list[int] = []

    def look() -> int:
        with rolled_back():
            lines = [line.sequence for line in read_after(found[-1] if found else 0, 50)]
        found.extend(lines)
        return len(lines)

    _until_drained(look)
    return found


def consume_together(consumer: str) -> list[int]:
    """Handle lines under a position that another process moves as well; returns the sequences that came here."""
    handled: list[int] = []

    def look() -> int:
        taken: list[int] = []

        def handle(_unit: UnitOfWork, changes: Sequence[Change]) -> None:
            taken.extend(change.sequence for change in changes)

        count = follow_log(consumer, handle, limit=7)
        handled.extend(taken)
        return count

    _until_drained(look)
    return handled


def prove() -> list[int | None]:
    """Follow the chain again and again while it grows; returns where it was found broken each time."""
    found: list[int | None] = []
    _here["together"].wait()
    app: Flask = _here["app"]
    while not _here["done"].is_set():
        with app.app_context():
            found.append(broken_at())
    return found


def _until_drained(look: Any) -> None:
    """Look again and again; after the writers are done, until nothing is left."""
    _here["together"].wait()
    app: Flask = _here["app"]
    while True:
        is_last = _here["done"].is_set()
        with app.app_context():
            count = look()
        if is_last and count == 0:
            return
        if count == 0:
            time.sleep(POLL_SECONDS)
