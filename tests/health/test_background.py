"""What runs by itself and does not run any more is seen: in `/metrics`, by `doctor`, from the first day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from cms.changes.followers import FOLLOWERS
from cms.changes.heads import read_heads
from cms.changes.services import make_checkpoint
from cms.changes.signing import make_signing_key
from cms.cli.init import seed_city
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.dead_letters.tasks import putting_aside
from cms.core.metrics import WEB_RESPAWNS, WORKER_RESPAWNS
from cms.core.periodic import Task
from cms.core.runtime import runtime
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.file_texts.models import TextFault
from cms.file_texts.queries import QUEUE
from cms.file_texts.queueing import expect_text
from cms.file_texts.services import keep_fault
from cms.health.models import TaskRun
from cms.health.services import BACKUP, WORKER, Run, note_runs
from cms.health.state import background_state
from cms.posts.content import POST
from cms.webhooks.followers import NAME as WEBHOOKS
from cms.worker import HEARTBEAT_SECONDS, LogFollower, heartbeat, worker_tasks
from tests.conftest import NOW, counted_statements
from tests.factories import CENTRAL, add_city, add_image, add_post, add_published_post, seen

Moment = Callable[[timedelta], None]


def figures(client: FlaskClient) -> dict[str, float]:
    """The samples of `/metrics` by name and labels."""
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


@pytest.fixture
def doctor(app: Flask, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
    """Asks `doctor` about the database under test."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda: app.test_cli_runner().invoke(args=["cms", "doctor"])


def test_every_follower_that_the_worker_runs_is_known(app: Flask) -> None:
    of_tasks = {task.run.name for task in worker_tasks(1.0) if isinstance(task.run, LogFollower)}
    assert of_tasks | {WEBHOOKS} == set(FOLLOWERS)


def test_a_follower_that_never_ran_is_behind_by_the_whole_log(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        seed_city()
        newest = read_heads(runtime().reader).sequence
    found = figures(client)
    assert newest > 100
    assert found["simpul_log_sequence"] == newest
    assert {found[f'simpul_follower_lag{{follower="{name}"}}'] for name in FOLLOWERS} == {newest}


def test_a_worker_tells_that_it_lives_and_how_its_tasks_have_gone(
    app: Flask, client: FlaskClient, moment: Moment
) -> None:
    def work() -> bool:
        return False

    done, failing, idle = Task("done", 1.0, work), Task("failing", 1.0, work), Task("idle", 1.0, work)
    done.ran_at = done.succeeded_at = failing.ran_at = clock.now()
    failing.failures = 4
    beat = heartbeat([done, failing, idle])
    assert beat.interval == HEARTBEAT_SECONDS
    assert figures(client)["simpul_worker_heartbeat_timestamp_seconds"] == 0
    with app.app_context():
        assert beat.run() is False
    moment(timedelta(minutes=1))
    done.failures, done.ran_at = 1, clock.now()
    with app.app_context():
        beat.run()
        runs = background_state().runs
        assert set(runs) == {WORKER, "done", "failing"}
        assert (runs["done"].failures, runs["done"].succeeded_at, runs["done"].ran_at) == (1, NOW, clock.now())
        assert runs["failing"].succeeded_at is None
    found = figures(client)
    assert found["simpul_worker_heartbeat_timestamp_seconds"] == clock.now().timestamp()
    assert found['simpul_task_failures{task="failing"}'] == 4
    assert found['simpul_task_failures{task="done"}'] == 1


def test_doctor_is_red_when_a_worker_was_not_heard_of(app: Flask, doctor: Callable[[], Result], moment: Moment) -> None:
    assert "No worker has run yet" in doctor().output
    with app.app_context():
        note_runs([Run.success(WORKER)])
    assert "ok       A worker runs." in doctor().output
    moment(timedelta(minutes=3))
    answer = doctor()
    assert answer.exit_code == 1
    assert "No worker was heard of since 2026-11-24T01:00:00Z" in answer.output


def test_doctor_is_red_when_a_line_waits_for_its_follower_and_not_while_it_is_new(
    app: Flask, doctor: Callable[[], Result], moment: Moment
) -> None:
    with app.app_context():
        seed_city()
        lines = read_heads(runtime().reader).sequence
    assert f"ok       `presenter` is at line 0 of {lines}." in doctor().output
    moment(timedelta(minutes=3))
    answer = doctor()
    assert answer.exit_code == 1
    assert f"`presenter` is {lines} lines behind and stands still" in answer.output


def test_doctor_is_red_when_a_task_fails_again_and_again(app: Flask, doctor: Callable[[], Result]) -> None:
    with app.app_context():
        note_runs([Run("trash", clock.now(), None, 2)])
    assert "No task of the worker fails again and again." in doctor().output
    with app.app_context():
        note_runs([Run("trash", clock.now(), None, 3)])
    answer = doctor()
    assert answer.exit_code == 1
    assert "`trash` has failed 3 times in a row" in answer.output


def test_a_schedule_that_is_due_is_counted_until_it_is_carried_out(
    app: Flask, client: FlaskClient, doctor: Callable[[], Result], moment: Moment
) -> None:
    add_city(app)
    item = add_post(app)
    with app.app_context():
        schedule_item(POST, CENTRAL, item.id, seen(item), Schedule(NOW + timedelta(minutes=5), None, "Asia/Makassar"))
    assert figures(client)["simpul_due_schedules"] == 0
    moment(timedelta(minutes=5))
    found = figures(client)
    assert found["simpul_due_schedules"] == 1
    assert found["simpul_due_schedule_timestamp_seconds"] == clock.now().timestamp()
    assert "1 scheduled changes are due and not carried out." in doctor().output
    moment(timedelta(minutes=3))
    assert "red      1 scheduled changes are due" in doctor().output
    with app.app_context():
        carry_out_and_follow()
    assert (figures(client)["simpul_due_schedules"], figures(client)["simpul_due_schedule_timestamp_seconds"]) == (0, 0)


def test_images_that_wait_are_counted(
    app: Flask, client: FlaskClient, doctor: Callable[[], Result], moment: Moment
) -> None:
    add_city(app)
    add_image(app, waiting_since=clock.now())
    moment(timedelta(minutes=16))
    found = figures(client)
    assert found["simpul_waiting_images"] == 1
    assert found["simpul_waiting_image_timestamp_seconds"] == NOW.timestamp()
    assert "1 images wait for their renditions, the first since 2026-11-24T01:00:00Z." in doctor().output


def test_files_that_wait_to_be_read_are_counted_until_they_are_read_or_put_aside(
    app: Flask, client: FlaskClient, doctor: Callable[[], Result], moment: Moment
) -> None:
    found = figures(client)
    assert (found["simpul_unread_files"], found["simpul_unread_file_timestamp_seconds"]) == (0, 0)
    with app.app_context(), unit_of_work() as unit:
        expect_text(unit, "a" * 64, "text/plain")
    moment(timedelta(minutes=61))
    with app.app_context(), unit_of_work() as unit:
        expect_text(unit, "b" * 64, "text/plain")
    found = figures(client)
    assert (found["simpul_unread_files"], found["simpul_unread_file_timestamp_seconds"]) == (2, NOW.timestamp())
    assert "warning  2 files wait for their text to be read, the first since 2026-11-24T01:00:00Z." in doctor().output
    with app.app_context():
        keep_fault("b" * 64, TextFault.DAMAGED)
        with putting_aside(QUEUE, "a" * 64):
            raise ValueError
    found = figures(client)
    assert (found["simpul_unread_files"], found["simpul_unread_file_timestamp_seconds"]) == (0, 0)
    assert found['simpul_put_aside{queue="file_texts"}'] == 1
    assert "0 files wait for their text to be read." in doctor().output


def test_the_age_of_checkpoint_and_backup_is_told(
    app: Flask, client: FlaskClient, doctor: Callable[[], Result], moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = figures(client)
    assert (found["simpul_checkpoint_timestamp_seconds"], found["simpul_backup_timestamp_seconds"]) == (0, 0)
    assert "warning  No backup was made yet" in doctor().output
    add_city(app)
    with app.app_context():
        make_signing_key(runtime().settings)
        signed = make_checkpoint()
        note_runs([Run.success(BACKUP)])
    moment(timedelta(hours=49))
    found = figures(client)
    assert found["simpul_checkpoint_timestamp_seconds"] == NOW.timestamp()
    assert found["simpul_checkpoint_sequence"] == signed.sequence
    assert found["simpul_backup_timestamp_seconds"] == NOW.timestamp()
    assert "warning  The last backup is 49 h old." in doctor().output
    monkeypatch.setenv("BACKUP_MAX_AGE_HOURS", "0")
    assert "Backups are made and watched elsewhere" in doctor().output


def test_the_number_of_statements_does_not_grow_with_the_content(app: Flask, client: FlaskClient) -> None:
    add_city(app)
    with counted_statements(app) as few:
        client.get("/metrics")
    for _ in range(3):
        add_published_post(app)
    with counted_statements(app) as many:
        client.get("/metrics")
    assert len(many) == len(few) <= 8


def test_what_was_kept_of_a_task_is_written_over(app: Flask, context: None) -> None:
    note_runs([Run("trash", NOW, NOW, 0)])
    note_runs([Run("trash", NOW + timedelta(seconds=1), None, 1)])
    (kept,) = [run for run in background_state().runs.values() if run.name == "trash"]
    assert isinstance(kept, TaskRun)
    assert (kept.ran_at, kept.succeeded_at, kept.failures) == (NOW + timedelta(seconds=1), NOW, 1)


def test_respawns_are_told_by_doctor(app: Flask, doctor: Callable[[], Result]) -> None:
    assert "No web process has ended by itself." in doctor().output
    WEB_RESPAWNS.inc()
    try:
        assert "A web process ended by itself 1 times" in doctor().output
    finally:
        WEB_RESPAWNS.reset()
    assert "No worker has ended by itself." in doctor().output
    WORKER_RESPAWNS.inc()
    try:
        assert "A worker ended by itself 1 times; `worker_ended` in the log" in doctor().output
    finally:
        WORKER_RESPAWNS.reset()
