"""Nothing of ours, and of no library that we use, does anything when a thread that has served requests ends.

What a thread-local or a context variable holds is dropped while the thread's state is taken apart. Python code that runs at
that moment (a finalizer, the callback of a weak reference) has killed whole processes, so the rule is: there is none.
"""

from __future__ import annotations

import _thread
import contextvars
import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

import psutil
from flask import Flask

from cms.core.permissions import Role
from cms.core.reading import Reader
from tests.factories import add_city, add_published_post, post_content
from tests.media.library import upload
from tests.people import People

LONGEST_SECONDS = 30
PLAIN = (str, bytes, int, float, bool, type(None))


class Ended:
    """What a thread held when its work was done, and which Python code ran after that."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.calls: list[str] = []
        self.failed: BaseException | None = None


def on_a_thread_that_ends(work: Callable[[], None]) -> Ended:
    """Do the work on a bare thread, as the web server has them: `threading.Thread` would run code of its own at the end."""
    ended, is_done = Ended(), threading.Event()
    native_ids: list[int] = []

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            ended.calls.append(f"{frame.f_code.co_filename}: {frame.f_code.co_qualname}")

    def run() -> None:
        native_ids.append(threading.get_native_id())
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again by the thread of the test
            ended.failed = error
        ended.held = held_by_this_thread()
        is_done.set()
        sys.setprofile(note)

    _thread.start_new_thread(run, ())
    assert is_done.wait(LONGEST_SECONDS)
    deadline = time.monotonic() + LONGEST_SECONDS
    while native_ids[0] in {thread.id for thread in psutil.Process().threads()}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    if ended.failed is not None:
        raise ended.failed
    return ended


def held_by_this_thread() -> list[str]:
    """What thread-locals and context variables hold for this thread, but plain values."""
    gc.unfreeze()  # What was there at the start would not be listed.
    found = [item for local in gc.get_objects() if isinstance(local, _thread._local) for item in vars(local).items()]
    found += [(variable.name, value) for variable, value in contextvars.copy_context().items()]
    gc.freeze()
    return [f"{name}: {type(value).__qualname__}" for name, value in found if not isinstance(value, PLAIN)]


def test_the_probe_sees_a_finalizer_and_a_weak_reference_that_run_at_the_end() -> None:
    kept, local, variable = [], threading.local(), contextvars.ContextVar[object]("of_a_test")

    class Resource:
        def __del__(self) -> None:
            pass

    def leave_something() -> None:
        local.first = Resource()
        variable.set(Resource())
        local.third = threading.Event()
        kept.append(weakref.ref(local.third, lambda _gone: None))

    ended = on_a_thread_that_ends(leave_something)

    assert [item.partition(": ")[0] for item in ended.held] == ["first", "third", "of_a_test"]
    # The system stops telling before it drops the context: there `held` alone sees.
    assert len(ended.calls) == 2


def test_a_thread_that_has_read_keeps_no_connection(app: Flask) -> None:
    reader: Reader = app.extensions["simpul"].reader

    def read() -> None:
        assert reader.rows("SELECT 1", {}) == [(1,)]
        assert list(reader.numbers_and_word("SELECT 1, 'a'")) == [1, "a"]

    ended = on_a_thread_that_ends(read)

    assert (ended.held, ended.calls) == ([], [])
    assert list(reader.numbers_and_word("SELECT 1, 'a'")) == [1, "a"]


def test_a_thread_that_has_served_requests_of_every_kind_leaves_nothing(app: Flask, people: People) -> None:
    add_city(app)
    add_published_post(app)
    site, author, admin = people.website(), people.person(Role.AUTHOR, "dpu"), people.person(Role.ADMIN)

    def serve() -> None:
        statuses = [
            site.get("/v1/posts").status_code,
            site.get("/v1/posts").status_code,
            site.get("/v1/posts/none").status_code,
            site.get("/v1/agencies").status_code,
            app.test_client().get("/readyz").status_code,
            app.test_client().get("/metrics").status_code,
            app.test_client().get("/v1/posts").status_code,
            author.post("/manage/v1/posts", json=post_content()).status_code,
            author.post("/manage/v1/posts", json=post_content(), headers={"Idempotency-Key": "k" * 20}).status_code,
            author.post("/manage/v1/posts?dry_run=true", json=post_content()).status_code,
            author.post("/manage/v1/posts", json={"title": 1}).status_code,
            upload(author).status_code,
            admin.get("/manage/v1/changes").status_code,
        ]
        assert statuses == [200, 200, 404, 200, 200, 200, 401, 201, 201, 201, 422, 201, 200]

    ended = on_a_thread_that_ends(serve)

    assert (ended.held, ended.calls) == ([], [])
