"""A follower that has handled the whole log does not lock its position to learn that nothing is left."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from cms.changes.followers import LogFollower
from cms.changes.models import Change
from cms.core.db import UnitOfWork
from tests.factories import add_city, add_published_post


def test_a_follower_is_at_the_end_when_it_has_handled_the_newest_line(app: Flask) -> None:
    add_city(app)
    add_published_post(app)
    batches = list[Sequence[int]]()

    def handle(_unit: UnitOfWork, changes: Sequence[Change]) -> None:
        batches.append([change.sequence for change in changes])

    follower = LogFollower("presenter", handle)
    with app.app_context():
        assert follower() is False
        assert follower() is False
    assert len(batches) == 1
    add_published_post(app)
    with app.app_context():
        assert follower() is False
    assert len(batches) == 2
    assert batches[0][-1] < batches[1][0]


def test_a_follower_comes_back_for_the_part_that_it_has_left_and_for_lines_beyond_its_limit(app: Flask) -> None:
    add_city(app)
    for _ in range(2):
        add_published_post(app)
    calls = list[int]()

    def handle(_unit: UnitOfWork, changes: Sequence[Change]) -> bool:
        calls.append(changes[0].sequence)
        return len(calls) > 1

    follower = LogFollower("presenter", handle, lines=1)
    with app.app_context():
        assert follower() is True
        while follower():
            pass
    assert calls[0] == calls[1]
    assert calls[1:] == sorted(set(calls[1:]))
    assert len(calls) > 2
