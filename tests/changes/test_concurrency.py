"""Eight processes that write, four that follow the log and one that proves it at the same time: nothing lost, missed, doubled,
locked out, and no false alarm.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.changes.followers import follow_log
from cms.changes.log import broken_at
from cms.changes.models import Change
from cms.core.db import rolled_back, session
from cms.editorial.items.models import Edition, Item
from cms.publishing.models import Publication
from tests.changes.crowd import Written, consume_together, enter, follow, prove, write
from tests.factories import add_post

WRITERS, FOLLOWERS, CONSUMERS, PROVERS, ROUNDS, SHARED = 8, 2, 2, 1, 6, 3
CONSUMER = "crowd"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What every process reported."""

    shared: list[str]
    written: list[Written]
    followed: list[list[int]]
    consumed: list[list[int]]
    proofs: list[list[int | None]]


@pytest.mark.usefixtures("city")
def test_processes_that_write_and_follow_at_once_lose_miss_and_double_nothing(
    app: Flask, environment: dict[str, str]
) -> None:
    shared = [add_post(app, title=f"Bersama {number}", body="Mulai").id for number in range(SHARED)]

    # Any process that is locked out or fails in another way raises here.
    outcome = let_them_run(environment, shared)

    assert sum(each.stale for each in outcome.written) > 0, "nobody met anybody: this run has proved nothing"
    with app.app_context(), rolled_back():
        assert_no_update_is_lost(outcome)
        assert_every_post_is_published_once(outcome)
        assert_log_is_whole(outcome)


def let_them_run(environment: dict[str, str], shared: list[str]) -> Outcome:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.changes.crowd"])
    count = WRITERS + FOLLOWERS + CONSUMERS + PROVERS
    together, writers_done = context.Barrier(count, timeout=SECONDS), context.Event()
    start = (json.dumps(environment), together, writers_done)
    with ProcessPoolExecutor(count, mp_context=context, initializer=enter, initargs=start) as pool:
        following = [pool.submit(follow) for _ in range(FOLLOWERS)]
        consuming = [pool.submit(consume_together, CONSUMER) for _ in range(CONSUMERS)]
        proving = [pool.submit(prove) for _ in range(PROVERS)]
        writing = [pool.submit(write, f"penulis-{number}", shared, ROUNDS) for number in range(WRITERS)]
        with finally_set(writers_done):
            written = results(writing)
        return Outcome(shared, written, results(following), results(consuming), results(proving))


@contextmanager
def finally_set(writers_done: Event) -> Iterator[None]:
    """Followers end also when a writer has failed."""
    try:
        yield
    finally:
        writers_done.set()


def results(futures: list[Future[Any]]) -> list[Any]:
    return [future.result(SECONDS) for future in futures]


def assert_no_update_is_lost(outcome: Outcome) -> None:
    lines: list[str] = []
    for item_id in outcome.shared:
        item = session.get_one(Item, item_id)
        content = session.get_one(Edition, (item_id, item.edition)).content
        marks = content["body"].split("\n\n")[1:]
        assert (item.version, item.edition) == (1 + len(marks), 1 + len(marks))
        lines += marks
    assert sorted(lines) == sorted(mark for each in outcome.written for mark in each.marks)
    assert len(lines) == WRITERS * ROUNDS


def assert_every_post_is_published_once(outcome: Outcome) -> None:
    published = sorted(item_id for each in outcome.written for item_id in each.published)
    rows = session.execute(select(Publication.item_id, Publication.sequence, Publication.superseded_sequence)).all()
    assert sorted(row.item_id for row in rows) == published
    assert {row.superseded_sequence for row in rows} == {None}
    numbers = dict(
        session.execute(select(Change.resource_id, Change.sequence).where(Change.action == "post.published")).all()
    )
    assert numbers == {row.item_id: row.sequence for row in rows}


def assert_log_is_whole(outcome: Outcome) -> None:
    newest = session.scalar(select(func.max(Change.sequence)))
    assert newest == SHARED + sum(each.writes for each in outcome.written)
    assert broken_at() is None
    assert [set(proofs) for proofs in outcome.proofs] == [{None}] * PROVERS
    everything = list(range(1, newest + 1))
    for followed in outcome.followed:
        assert followed == everything
    assert sorted(sequence for each in outcome.consumed for sequence in each) == everything
    assert all(each == sorted(each) for each in outcome.consumed)
    assert follow_log(CONSUMER, lambda _unit, _changes: None) == 0
