"""What watches over deadlines and over questions to resolvers: one thread for all, and nobody waits for what others ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from cms.core.deadlines import Deadlines
from cms.core.lookups import MOST_LOOKUPS, Lookups

SOON = 40.0


def test_a_call_runs_when_its_block_takes_too_long_and_only_then() -> None:
    deadlines, late, never = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(1.0, never.set):
        pass
    # Later than the first one would have been.
    with deadlines.within(SOON, never.set), deadlines.within(1.05, late.set):
        assert late.wait(SOON)
    assert not never.is_set()


def test_a_hundred_deadlines_take_one_thread() -> None:
    deadlines, before = Deadlines(), threading.active_count()
    blocks = [deadlines.within(60, lambda: None) for _ in range(100)]
    for block in blocks:
        block.__enter__()
    assert threading.active_count() == before + 1
    for block in blocks:
        block.__exit__(None, None, None)


def test_an_earlier_deadline_that_comes_later_is_kept() -> None:
    deadlines, rung = Deadlines(), threading.Event()
    with deadlines.within(60, lambda: None):
        began = time.monotonic()
        with deadlines.within(0.05, rung.set):
            assert rung.wait(SOON)
        assert time.monotonic() - began < SOON


def test_a_name_that_is_not_answered_takes_one_place_however_often_it_is_asked_for() -> None:
    released, asked = threading.Event(), []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        if host == "dead.example":
            released.wait(SOON)
        return ["192.0.2.1"]

    lookups = Lookups(resolve)
    try:
        for _ in range(3 * MOST_LOOKUPS):
            with pytest.raises(TimeoutError):
                lookups.addresses("dead.example", 443, lambda: 0.001)
        assert lookups.addresses("living.example", 443, lambda: SOON) == ["192.0.2.1"]
    finally:
        released.set()
    assert asked == ["dead.example", "living.example"]


def test_a_name_is_asked_for_again_each_time() -> None:
    answers = iter([["192.0.2.1"], ["192.0.2.2"]])
    lookups = Lookups(lambda _host, _port: next(answers))
    assert [lookups.addresses("a.example", 443, lambda: SOON) for _ in range(2)] == [["192.0.2.1"], ["192.0.2.2"]]
