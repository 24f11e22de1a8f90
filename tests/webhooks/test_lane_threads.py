"""The threads of a lane: they go on by themselves, and never begin too many tries at once."""

from __future__ import annotations

import threading

import pytest

from cms.core import clock
from cms.webhooks.jobs import QUICK, TAKEN, Job, Lane
from cms.webhooks.lane_threads import LaneThreads

PATIENCE_SECONDS = 60.0


def jobs(count: int) -> list[Job]:
    return [
        Job(
            str(number),
            "lease",
            f"hook-{number}",
            Lane.PROVEN,
            "https://situs.example/",
            (),
            "m",
            b"",
            clock.monotonic(),
        )
        for number in range(count)
    ]


def test_what_was_taken_is_sent_without_waiting_for_results_to_be_written() -> None:
    sent, all_sent = list[str](), threading.Event()

    def send(job: Job) -> None:
        sent.append(job.delivery_id)
        if len(sent) == TAKEN:
            all_sent.set()

    threads = LaneThreads(Lane.PROVEN, send)
    threads.begin(jobs(TAKEN))
    assert all_sent.wait(PATIENCE_SECONDS), sent
    threads.end()
    assert len(set(sent)) == TAKEN


def test_no_more_begin_at_once_than_may_be_young_and_the_places_of_those_that_hang_go_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "monotonic", lambda: 1_000.0)
    release, begun = threading.Event(), threading.Semaphore(0)

    def send(_job: Job) -> None:
        begun.release()
        release.wait(PATIENCE_SECONDS)

    threads = LaneThreads(Lane.PROVEN, send)
    assert threads.free() == TAKEN
    threads.begin(jobs(60))
    assert all(begun.acquire(timeout=PATIENCE_SECONDS) for _ in range(QUICK))
    threads.begin()
    assert not begun.acquire(blocking=False)
    assert threads.free() == TAKEN - 60
    # They hang: a second later their places go to the next ones.
    monkeypatch.setattr(clock, "monotonic", lambda: 1_001.5)
    threads.begin()
    assert all(begun.acquire(timeout=PATIENCE_SECONDS) for _ in range(QUICK))
    threads.end()
    release.set()
