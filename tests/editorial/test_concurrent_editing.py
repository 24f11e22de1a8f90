"""Twenty clients edit one post 500 times in all: one winner per edition, the others are told 412, nothing is lost."""

from __future__ import annotations

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.log import broken_at
from cms.changes.models import Change
from cms.core.db import rolled_back, session
from cms.core.permissions import Role
from cms.editorial.items.models import Edition, Item
from tests.editorial.editing_crowd import Edits, edit, enter
from tests.factories import add_post
from tests.people import People

PROCESSES, CLIENTS, EDITS = 4, 20, 500
SECONDS = 120


@pytest.mark.slow
@pytest.mark.usefixtures("city")
def test_of_clients_that_edit_one_post_at_once_one_wins_each_edition(
    app: Flask, people: People, environment: dict[str, str]
) -> None:
    token = people.person(Role.AGENCY_EDITOR, "dpu").token
    item_id = add_post(app, body="Mulai").id

    told = let_them_edit(environment, token, f"/manage/v1/posts/{item_id}")

    won = {mark: edition for each in told for mark, edition in each.marks.items()}
    assert sum(each.stale for each in told) > 0, "nobody met anybody: this run has proved nothing"
    assert len(won) + sum(each.stale for each in told) == EDITS
    assert sorted(won.values()) == list(range(2, len(won) + 2)), "an edition with two winners, or with none"
    with app.app_context(), rolled_back():
        assert_nothing_is_lost(item_id, won)


def let_them_edit(environment: dict[str, str], token: str, path: str) -> list[Edits]:
    names = [f"klien-{number}" for number in range(CLIENTS)]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.editorial.editing_crowd"])
    start = (json.dumps(environment), context.Barrier(PROCESSES, timeout=SECONDS))
    with ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=enter, initargs=start) as pool:
        groups = [names[first::PROCESSES] for first in range(PROCESSES)]
        running = [pool.submit(edit, group, token, path, EDITS // CLIENTS) for group in groups]
        return [edits for each in running for edits in each.result(SECONDS)]


def assert_nothing_is_lost(item_id: str, won: dict[str, int]) -> None:
    item = session.get_one(Item, item_id)
    newest = len(won) + 1
    assert (item.version, item.edition) == (newest, newest)
    body = Edition.content["body"].as_string()
    bodies = dict(session.execute(select(Edition.number, body).where(Edition.item_id == item_id)).all())
    assert sorted(bodies) == list(range(1, newest + 1)), "a gap"
    in_order = sorted(won, key=lambda mark: won[mark])
    assert bodies[newest].split("\n\n") == ["Mulai", *in_order]
    for mark, edition in won.items():
        assert bodies[edition] == f"{bodies[edition - 1]}\n\n{mark}"
    lines = session.scalars(select(Change.edition).where(Change.resource_id == item_id).order_by(Change.sequence)).all()
    assert list(lines) == list(range(1, newest + 1))
    assert broken_at() is None
