"""The background worker: every line of the log once, and no task's fault stops the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import Flask

from cms.accounts.models import SignInSession
from cms.accounts.services.purging import KEEP_SESSIONS, purge_expired
from cms.changes.models import Change
from cms.cli.init import seed_city
from cms.consumers.models import DeliveryKey
from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.periodic import Task, run_tasks
from cms.core.permissions import Role
from cms.worker import LogFollower, keep_figures, worker_tasks
from tests.conftest import counted_statements
from tests.people import People

Moment = Callable[[timedelta], None]


class Listener:
    """A handler that notes what it was given."""

    def __init__(self) -> None:
        self.sequences: list[int] = []

    def __call__(self, unit: UnitOfWork, changes: Sequence[Change]) -> None:
        self.sequences += [change.sequence for change in changes]


def test_a_follower_is_given_every_line_once_and_in_order(app: Flask, context: None) -> None:
    listener = Listener()
    follow = LogFollower("listener", listener)
    seed_city()
    while follow():
        pass
    assert listener.sequences == list(range(1, len(listener.sequences) + 1))
    assert len(listener.sequences) > 100
    other_process = LogFollower("listener", listener)
    assert not other_process()
    assert listener.sequences == list(range(1, len(listener.sequences) + 1))


def test_a_follower_with_nothing_to_do_asks_one_question_and_locks_nothing(app: Flask, context: None) -> None:
    follow = LogFollower("listener", Listener())
    while follow():
        pass
    with counted_statements(app) as statements:
        assert not follow()
    assert len(statements) == 1
    assert statements[0].lstrip().upper().startswith("SELECT")


def test_a_failing_task_is_tried_again_later_and_stops_nobody(app: Flask) -> None:
    stop = threading.Event()
    done = []

    def fail() -> bool:
        raise OSError("the database is away")

    def work() -> bool:
        done.append(1)
        if len(done) == 3:
            stop.set()
        return True

    failing, working = Task("failing", 0.01, fail), Task("working", 0.01, work)
    began = clock.monotonic()
    run_tasks(app, [failing, working], stop)
    assert len(done) == 3
    assert failing.failures == 1
    assert failing.due_at - began > 1.5


def test_a_task_recovers(app: Flask) -> None:
    stop = threading.Event()
    task = Task("work", 60.0, lambda: bool(stop.set()), failures=4)
    run_tasks(app, [task], stop)
    assert task.failures == 0


def test_a_stopped_worker_starts_nothing(app: Flask) -> None:
    stop = threading.Event()
    stop.set()
    run_tasks(app, worker_tasks(1.0), stop)


def test_a_web_process_writes_down_when_keys_were_used(app: Flask, people: People) -> None:
    with app.app_context():
        # What tests before this one left in the memory of this process.
        keep_figures()
    assert people.website()("GET", "/v1/whoami").status_code == 200
    with app.app_context():
        keep_figures()
        assert session.query(DeliveryKey).one().last_used_at is not None


def test_old_sign_ins_are_forgotten_and_live_ones_kept(app: Flask, people: People, moment: Moment) -> None:
    people.person(Role.ADMIN)
    with app.app_context():
        assert purge_expired() == 0
        started = session.query(SignInSession).one()
        moment(started.expires_at - clock.now() + KEEP_SESSIONS + timedelta(seconds=1))
        assert purge_expired() == 1
        assert session.query(SignInSession).count() == 0
