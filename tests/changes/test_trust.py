"""A clock that cannot be right writes nothing, and readers get what they had; what is quiet is not locked out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from cms.accounts.services.purging import purge_expired
from cms.changes.actions import Action
from cms.changes.heads import read_heads
from cms.changes.log import read_after, record
from cms.changes.services import note_moment
from cms.cli.clock import accept_on_a_trial
from cms.cli.clock import command as clock_command
from cms.cli.doctor.clock import check_clock
from cms.cli.doctor.findings import Level
from cms.consumers.models import DeliveryKey
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.errors import Unavailable
from cms.core.permissions import system_actor
from cms.documents.tasks import sweep_orphans
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.editorial.trash.tasks import purge_old_trash
from cms.media.models import Image
from cms.media.tasks import purge_deleted_images
from cms.posts.content import POST
from cms.writing.services import purge_kept_answers
from tests.conftest import NOW, second_app
from tests.factories import CENTRAL, add_city, add_image, add_post, add_published_post, seen
from tests.people import Caller, People

Moment = Callable[[timedelta], None]
FOUR_WEEKS = timedelta(days=28)
IN_2036 = datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC) - NOW
PURGES = (
    purge_expired, purge_old_trash, purge_kept_answers, purge_deleted_images, sweep_orphans, carry_out_and_follow, note_moment,
)  # fmt: skip
WRONG = [IN_2036, -timedelta(days=9_000), FOUR_WEEKS + timedelta(seconds=1), -FOUR_WEEKS - timedelta(seconds=1)]


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


def write_line(app: Flask) -> None:
    with app.app_context(), unit_of_work() as unit:
        record(unit, Action.AREA_CREATED, "64.71", system_actor("test"))


def schedule(app: Flask, begins: timedelta) -> str:
    item = add_post(app, title="Nanti")
    with app.app_context():
        schedule_item(POST, CENTRAL, item.id, seen(item), Schedule(NOW + begins, None, "Asia/Makassar"))
    return item.id


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["data"]]


def accept(app: Flask) -> str:
    answer = app.test_cli_runner().invoke(clock_command, ["accept", "--yes"])
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.mark.parametrize("step", WRONG)
def test_nothing_is_written_by_a_clock_that_cannot_be_right(
    app: Flask, site: Caller, moment: Moment, step: timedelta
) -> None:
    shown = add_published_post(app)
    image = add_image(app, deleted_at=NOW - timedelta(days=1))
    before = site.get("/v1/posts")
    moment(step)

    for language, word in (("en", "clock"), ("id", "Jam")):
        with app.app_context():
            known = read_heads(app.extensions["simpul"].reader).sequence
        # Signing in needs no token, which a clock so far away would not take.
        login = {"email": "siapa@balikpapan.example", "password": "teluk-tenang-17-burung"}
        answer = site.client.post("/manage/v1/auth/login", json=login, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json["code"]) == (503, "clock_wrong")
        assert word in answer.json["detail"]
        assert int(answer.headers["Retry-After"]) > 0
    assert site.client.get("/healthz").status_code == 200
    for write in PURGES:
        # Some find that there is nothing to do before they begin to write; none may get through.
        with app.app_context(), suppress(Unavailable):
            write()
    for write in (purge_expired, sweep_orphans, note_moment):
        with app.app_context(), pytest.raises(Unavailable, match="clock_wrong"):
            write()
    with pytest.raises(Unavailable, match="clock_wrong"):
        write_line(app)
    with app.app_context():
        assert read_heads(app.extensions["simpul"].reader).sequence == known
        assert session.get(Image, image) is not None, "purged by a clock that cannot be right"
    if step < timedelta(0):
        for _kept in (False, True):
            after = site.get("/v1/posts")
            assert (ids(after), after.headers["ETag"]) == ([shown.id], before.headers["ETag"])


@pytest.mark.parametrize("step", [FOUR_WEEKS, -FOUR_WEEKS, timedelta(days=14)])
def test_a_pause_or_a_step_of_up_to_four_weeks_stops_nobody(app: Flask, moment: Moment, step: timedelta) -> None:
    write_line(app)
    moment(step)
    write_line(app)


def test_a_server_that_runs_is_never_locked_out_however_quiet_it_is(app: Flask, moment: Moment) -> None:
    write_line(app)
    for _hour in range(24 * 60):
        moment(timedelta(hours=1, seconds=1))
        with app.app_context():
            note_moment()
    write_line(app)


def test_the_time_is_noted_in_one_process_for_all(app: Flask, environment: dict[str, str], moment: Moment) -> None:
    write_line(app)
    with second_app(environment) as other:
        write_line(other)
        for _day in range(50):
            moment(timedelta(days=1))
            with app.app_context():
                note_moment()
        write_line(other)


def test_a_clock_in_2036_makes_no_schedule_due_until_it_is_accepted(app: Flask, site: Caller, moment: Moment) -> None:
    shown = add_published_post(app, title="Sekarang")
    item = schedule(app, timedelta(days=90))
    # The key holds in 2036 too: what is looked at here is the schedule.
    with app.app_context(), unit_of_work() as unit:
        for key in unit.session.query(DeliveryKey):
            key.expires_at = clock.NEVER
    before = site.get("/v1/posts").headers["ETag"]
    moment(IN_2036)

    for _kept in (False, True):
        answer = site.get("/v1/posts")
        assert (ids(answer), answer.headers["ETag"]) == ([shown.id], before)
        assert site.get(f"/v1/posts/{item}").status_code == 404
        assert site.get(f"/v1/posts/{shown.id}").status_code == 200

    assert "2036-02-07T06:28:16Z" in accept(app)
    assert ids(site.get("/v1/posts")) == [item, shown.id]
    write_line(app)
    with app.app_context():
        # The first read after the clock was accepted has the schedule carried out.
        told = [line.action for line in read_after(0)]
        assert told[-3:] == ["clock.accepted", "post.published", "area.created"]


def test_whoever_tries_simpul_again_after_months_is_not_locked_out(app: Flask, moment: Moment) -> None:
    write_line(app)
    for span, lines in ((timedelta(days=20), 1), (timedelta(days=200), 2)):
        moment(span)
        with app.app_context():
            accept_on_a_trial()
            assert read_heads(app.extensions["simpul"].reader).sequence == lines
    write_line(app)


def test_a_clock_that_is_right_again_writes_without_being_asked(app: Flask, moment: Moment) -> None:
    write_line(app)
    moment(IN_2036)
    with pytest.raises(Unavailable):
        write_line(app)
    moment(-IN_2036)
    write_line(app)


def test_a_key_is_never_longer_good_because_the_clock_cannot_be_right(app: Flask, site: Caller, moment: Moment) -> None:
    write_line(app)
    assert site.get("/v1/posts").status_code == site.get("/v1/posts").status_code == 200
    moment(timedelta(days=4_000))

    assert site.get("/v1/posts").status_code == 401


@pytest.mark.parametrize("seconds", [1, 30, 60])
def test_lines_of_the_log_never_go_back_for_a_clock_that_is_a_little_behind(
    app: Flask, moment: Moment, seconds: int
) -> None:
    write_line(app)
    moment(timedelta(seconds=-seconds))
    write_line(app)
    with app.app_context():
        first, second = read_after(0)
        assert first.recorded_at == second.recorded_at == NOW
    moment(timedelta(seconds=seconds + 1))
    write_line(app)
    with app.app_context():
        assert read_after(2)[0].recorded_at == NOW + timedelta(seconds=1)


def test_a_clock_that_was_set_back_by_an_hour_is_written_as_it_is(app: Flask, moment: Moment) -> None:
    write_line(app)
    moment(timedelta(hours=-1))
    write_line(app)
    with app.app_context():
        assert read_after(1)[0].recorded_at == NOW - timedelta(hours=1)
        # What readers see of the topic never goes back: each line is later than the one before, nothing that is live is later than that.
        assert read_heads(app.extensions["simpul"].reader).reference_at == clock.micros(NOW) + 1


@pytest.mark.parametrize(
    ("step", "level"),
    [
        (timedelta(0), Level.OK), (timedelta(days=27), Level.OK), (-timedelta(seconds=59), Level.OK),
        (-timedelta(minutes=2), Level.RED), (IN_2036, Level.RED), (-timedelta(days=9_000), Level.RED),
    ],
)  # fmt: skip
def test_doctor_complains_when_the_clock_cannot_be_right_or_was_set_back(
    app: Flask, moment: Moment, step: timedelta, level: Level
) -> None:
    write_line(app)
    moment(step)
    with app.app_context():
        settings = app.extensions["simpul"].settings
        if session.get_bind().dialect.name == "postgresql":
            # The database's clock counts there, which no test can set: its line is moved instead.
            moment(datetime.now(UTC) - clock.now())
            with unit_of_work() as unit:
                unit.session.connection().exec_driver_sql(
                    f"UPDATE change_head SET seen_at = {clock.micros(clock.now() - step)}"
                )
        findings = list(check_clock(settings))
    assert findings[-1].level is level, findings
