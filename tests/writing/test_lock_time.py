"""How long a batch keeps other writers out: as long as it writes, not as long as it computes on texts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter, sleep
from typing import Any

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite

from cms.core.ids import new_id
from cms.core.permissions import Role
from tests.core.hostile import repeated
from tests.people import Caller, People
from tests.writing.lock_watch import at_heavy_work

BATCH = "/manage/v1/batch"
OPERATIONS = 8
HEAVY_LENGTH = 110_000
# Longer rows are written too. Computed inside the transaction it was eight times.
TIMES_LIGHT = 3.0
PAUSE_SECONDS = 0.002
# A batch of light texts may be over between two looks. Computed inside, the heavy ones took more than 1.5 s.
LEAST_SECONDS = 0.1


@dataclass
class Waits:
    """What a second writer met: the longest time in which it could not write."""

    longest: float = 0.0
    tries: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self, try_to_write: Callable[[], bool]) -> None:
        """Try until told to end, and then until it is possible once more.

        Counted is the time from a refusal to the next success: between two successes this thread may merely not have had its turn.
        """
        refused_since: float | None = None
        while not (self.ended.is_set() and refused_since is None):
            began = perf_counter()
            if not try_to_write():
                refused_since = refused_since or began
            elif refused_since is not None:
                self.longest, refused_since = max(self.longest, perf_counter() - refused_since), None
            self.tries += 1
            sleep(PAUSE_SECONDS)


def _writes_to_sqlite(connection: Any) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite.OperationalError:
        return False
    connection.execute("ROLLBACK")
    return True


def _writes_to_postgresql(connection: Any) -> bool:
    with suppress(psycopg.errors.LockNotAvailable), connection.transaction():
        connection.execute("SELECT 1 FROM change_head FOR UPDATE NOWAIT")
        return True
    return False


@contextmanager
def other_connection(url: str) -> Iterator[Callable[[], bool]]:
    """Tries to write on a connection of its own; False when somebody keeps it from writing."""
    if url.startswith("sqlite"):
        connection: Any = sqlite.connect(
            url.removeprefix("sqlite:///"), timeout=0, isolation_level=None, check_same_thread=False
        )
        attempt = _writes_to_sqlite
    else:
        connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        attempt = _writes_to_postgresql
    try:
        yield lambda: attempt(connection)
    finally:
        connection.close()


@contextmanager
def second_writer(url: str) -> Iterator[Waits]:
    """Somebody who wants to write all the time."""
    waits = Waits()
    with other_connection(url) as try_to_write:
        thread = threading.Thread(target=waits.watch, args=(try_to_write,))
        thread.start()
        try:
            yield waits
        finally:
            waits.ended.set()
            thread.join()


def posts(body: str, count: int = OPERATIONS) -> list[dict[str, Any]]:
    content = {"agency": "dpu", "kind": "berita"}
    return [{"method": "PUT", "path": f"/manage/v1/posts/{new_id()}", "body": content | {"title": f"Jalan {number}", "body": f"{number} {body}"}} for number in range(count)]  # fmt: skip


def longest_wait(url: str, author: Caller, body: str) -> float:
    with second_writer(url) as waits:
        answer = author.post(f"{BATCH}?dry_run=true", json={"operations": posts(body)})
    assert answer.status_code == 200
    assert waits.tries > 1
    return waits.longest


@pytest.mark.slow
@pytest.mark.usefixtures("city")
def test_others_wait_no_longer_for_heavy_texts_than_for_light_ones(people: People, database_url: str) -> None:
    author = people.person(Role.AUTHOR, "dpu")
    # Letters in disguise keep moderation busy longest; each text is another one, so that nothing is known from before.
    heavy = repeated("$l0t g4c0r ")(HEAVY_LENGTH)

    def is_short() -> bool:
        light = longest_wait(database_url, author, "Jalan ditutup untuk perbaikan.")
        found = longest_wait(database_url, author, heavy)
        return found <= max(light, LEAST_SECONDS) * TIMES_LIGHT

    assert any(is_short() for _ in range(10))


@pytest.mark.slow
@pytest.mark.usefixtures("city")
def test_beside_a_rehearsed_batch_of_a_hundred_heavy_posts_others_write(people: People, database_url: str) -> None:
    """Counted, not timed: a second writer writes each time that the batch begins to compute something."""
    author = people.person(Role.AUTHOR, "dpu")
    heavy = repeated("$l0t g4c0r ")(HEAVY_LENGTH // 12)
    written: list[bool] = []

    with other_connection(database_url) as try_to_write, at_heavy_work(lambda _name: written.append(try_to_write())):
        answer = author.post(f"{BATCH}?dry_run=true", json={"operations": posts(heavy, 100)})

    assert answer.status_code == 200
    assert len(written) > 100
    assert all(written)
