"""Eight workers, killed at random, and people who take schedules back: each schedule gives one line, or none when it was taken back.

`SCHEDULED_ITEMS=10000` runs the full size; the suite makes do with fewer.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.changes.log import broken_at
from cms.changes.models import Change, ChangeHead
from cms.core.clock import NEVER
from cms.core.db import one_transaction, rolled_back, session
from cms.editorial.items.models import Item
from cms.editorial.items.services import create_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from cms.publishing.models import Publication
from tests.conftest import NOW
from tests.editorial import schedule_crowd
from tests.factories import CENTRAL, add_city, post_content, seen

ITEMS = int(os.environ.get("SCHEDULED_ITEMS", "240"))
WORKERS = 8
TAKEN_BACK_EVERY = 6
TOGETHER = 100
MOMENT = NOW + timedelta(hours=1)
SECONDS = 600 if ITEMS > 1_000 else 120


@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS)
def test_every_schedule_is_carried_out_once_or_taken_back(app: Flask, environment: dict[str, str]) -> None:
    add_city(app)
    ids = scheduled(app)
    racing = ids[::TAKEN_BACK_EVERY]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.editorial.schedule_crowd"])
    settings, told = json.dumps(environment), context.SimpleQueue()
    arguments = (settings, MOMENT - timedelta(seconds=1), racing[::-1], told)
    racer = context.Process(target=schedule_crowd.take_back, args=arguments)
    racer.start()

    kills = run_workers(app, context, settings)

    answers = dict(told.get() for _ in racing)
    racer.join()
    acknowledged = {item_id for item_id, was_taken in answers.items() if was_taken}
    assert kills > 0
    assert_true_to_the_answers(app, ids, acknowledged)


def scheduled(app: Flask) -> list[str]:
    """Posts whose moment is the same."""
    schedule = Schedule(MOMENT, None, "Asia/Makassar")
    ids = []
    for begin in range(0, ITEMS, TOGETHER):
        with app.app_context(), one_transaction():
            for number in range(begin, min(begin + TOGETHER, ITEMS)):
                item = create_item(POST, CENTRAL, POST.completed(post_content(title=f"Rencana {number}"))).item
                schedule_item(POST, CENTRAL, item.id, seen(item), schedule)
                ids.append(item.id)
    return ids


def run_workers(app: Flask, context: Any, settings: str) -> int:
    """Keep eight workers running and kill one after the other until nothing is due; how many were killed."""
    dice, kills, deadline = random.Random(6), 0, time.monotonic() + SECONDS
    workers: list[Any] = []
    while waiting(app):
        assert time.monotonic() < deadline, "the workers do not get on"
        workers = [worker for worker in workers if worker.is_alive()]
        while len(workers) < WORKERS:
            workers.append(context.Process(target=schedule_crowd.work, args=(settings, MOMENT)))
            workers[-1].start()
        workers[-1].join(dice.uniform(0.05, 0.6))
        victim = dice.choice(workers)
        victim.kill()
        kills += 1
    for worker in workers:
        worker.join()
    return kills


def waiting(app: Flask) -> int:
    with app.app_context(), rolled_back():
        return session.scalar(select(func.count()).where(Item.publish_at.is_not(None))) or 0


def assert_true_to_the_answers(app: Flask, ids: list[str], acknowledged: set[str]) -> None:
    with app.app_context(), rolled_back():
        lines = session.scalars(select(Change.resource_id).where(Change.action == "post.published")).all()
        expected = set(ids) - acknowledged
        assert Counter(lines) == Counter(dict.fromkeys(expected, 1))
        live = select(Publication.item_id, Publication.is_scheduled).where(Publication.superseded_sequence.is_(None))
        assert Counter(map(tuple, session.execute(live))) == Counter({(item_id, False): 1 for item_id in expected})
        states = session.execute(select(Item.id, Item.state, Item.publish_at))
        shown = {item_id: (state, publish_at) for item_id, state, publish_at in states}
        assert shown == {item_id: ("draft" if item_id in acknowledged else "published", None) for item_id in ids}
        assert session.get_one(ChangeHead, 1).posts_due_at == NEVER
        assert broken_at() is None
