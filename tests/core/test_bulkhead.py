"""Places for what waits: one fewer than the threads, counted after a quarter of a second, refused at once when others were."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from cms.core import bulkhead as module
from cms.core.bulkhead import PATIENCE_SECONDS, Bulkhead, Kind, Wait
from cms.core.errors import Unavailable

THREADS = 4


@pytest.fixture
def bulkhead() -> Bulkhead:
    return Bulkhead(THREADS)


@contextmanager
def held(bulkhead: Bulkhead, count: int, kind: Kind = Kind.BODY) -> Iterator[None]:
    """So many other threads wait."""
    ended, begun = threading.Event(), threading.Semaphore(0)

    def wait() -> None:
        with bulkhead.place(kind):
            begun.release()
            ended.wait(300)

    with ThreadPoolExecutor(count) as threads:
        waiting = [threads.submit(wait) for _ in range(count)]
        try:
            for _ in waiting:
                assert begun.acquire(timeout=60)
            yield
        finally:
            ended.set()
        for each in waiting:
            each.result()


def seconds_of(act: Callable[[], object]) -> float:
    began_at = time.monotonic()
    with pytest.raises(Unavailable):
        act()
    return time.monotonic() - began_at


def enter(bulkhead: Bulkhead, kind: Kind) -> None:
    with bulkhead.place(kind):
        pass


def test_one_fewer_than_the_threads_wait(bulkhead: Bulkhead) -> None:
    with held(bulkhead, THREADS - 1):
        assert bulkhead.taken == THREADS - 1
        assert seconds_of(lambda: enter(bulkhead, Kind.BODY)) >= 0.9 * PATIENCE_SECONDS
    assert bulkhead.taken == 0
    enter(bulkhead, Kind.BODY)


def test_after_one_refusal_the_next_of_its_kind_is_refused_at_once(
    bulkhead: Bulkhead, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(bulkhead, THREADS - 1):
        assert seconds_of(lambda: enter(bulkhead, Kind.BODY)) > 0
        monkeypatch.setattr(module, "PATIENCE_SECONDS", threading.TIMEOUT_MAX)
        assert seconds_of(lambda: enter(bulkhead, Kind.BODY)) < 60
        with pytest.raises(Unavailable):
            bulkhead.check(Kind.BODY)
        # Other kinds have not been refused yet.
        bulkhead.check(Kind.READ)


def test_one_of_a_kind_may_try_now_and_then(bulkhead: Bulkhead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.0)
    with held(bulkhead, THREADS - 1):
        with pytest.raises(Unavailable):
            bulkhead.take(Kind.WRITE)
        monkeypatch.setattr(module, "PROBE_SECONDS", 1_000.0)
        bulkhead.check(Kind.WRITE)
        with pytest.raises(Unavailable):
            bulkhead.check(Kind.WRITE)
    bulkhead.check(Kind.WRITE)


def test_a_thread_counts_once_whatever_it_waits_for(bulkhead: Bulkhead) -> None:
    with held(bulkhead, THREADS - 2), bulkhead.place(Kind.WORK), bulkhead.place(Kind.STORAGE):
        assert bulkhead.taken == THREADS - 1
        bulkhead.take(Kind.WRITE)
        bulkhead.release()
        assert bulkhead.taken == THREADS - 1


def test_receivers_leave_a_place_to_editors(bulkhead: Bulkhead) -> None:
    with held(bulkhead, THREADS - 2, Kind.STREAM):
        with pytest.raises(Unavailable):
            bulkhead.take(Kind.STREAM)
        enter(bulkhead, Kind.BODY)


def test_short_waits_need_no_place(bulkhead: Bulkhead) -> None:
    with held(bulkhead, THREADS - 1):
        waiting = Wait(bulkhead, Kind.READ)
        waiting.go_on()
        waiting.end()
        time.sleep(PATIENCE_SECONDS)
        with pytest.raises(Unavailable):
            waiting.go_on()


def test_long_waits_have_one_until_their_end(bulkhead: Bulkhead) -> None:
    waiting = Wait(bulkhead, Kind.READ)
    time.sleep(PATIENCE_SECONDS)
    waiting.go_on()
    waiting.go_on()
    assert bulkhead.taken == 1
    waiting.end()
    waiting.end()
    assert bulkhead.taken == 0


def test_a_lock_that_is_free_soon_is_got_without_a_place(bulkhead: Bulkhead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 60.0)
    lock = threading.Lock()
    lock.acquire()
    with held(bulkhead, THREADS - 1), ThreadPoolExecutor(1) as threads:
        got: Future[bool] = threads.submit(bulkhead.acquire, lock, 30, Kind.WRITE)
        time.sleep(PATIENCE_SECONDS / 10)
        lock.release()
        assert got.result() is True


def test_a_lock_that_is_not_is_given_up_when_no_place_is_free(bulkhead: Bulkhead) -> None:
    lock = threading.Lock()
    lock.acquire()
    with held(bulkhead, THREADS - 1):
        assert seconds_of(lambda: bulkhead.acquire(lock, 120, Kind.WRITE)) < 60
    assert bulkhead.acquire(lock, 2 * PATIENCE_SECONDS, Kind.WRITE) is False
    assert bulkhead.taken == 0


def test_threads_that_answer_no_requests_need_no_places(bulkhead: Bulkhead) -> None:
    with held(bulkhead, THREADS - 1), bulkhead.outside():
        enter(bulkhead, Kind.BODY)
        bulkhead.check(Kind.BODY)
        assert bulkhead.taken == THREADS - 1
