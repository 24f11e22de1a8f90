"""A worker that is killed in the moment between sending and noting it: nothing is lost, and one mail at most comes twice."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from cms.accounts.models import User
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.notifications.models import Mail
from cms.notifications.news import News
from cms.notifications.policies import Kind
from cms.notifications.posting import post
from cms.notifications.queries import find_people
from tests.cli.servers import beside, database_settings, prepare, started
from tests.notifications.mail_servers import MailBox, Received, await_until, taking_mail
from tests.notifications.telling import FROM


def states(app: Flask) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Mail.state).order_by(Mail.id)))


@pytest.mark.slow
def test_a_worker_that_is_killed_between_sending_and_noting_it_doubles_one_mail(tmp_path: Path) -> None:
    pids: list[int] = []

    def kill(_mail: Received) -> None:
        while pids:
            os.kill(pids.pop(), signal.SIGKILL)

    instance = tmp_path / "instance"
    with taking_mail(MailBox(at_data=kill)) as box, database_settings(tmp_path) as database:
        settings = {**database, "MAIL_URL": box.url, "MAIL_FROM": FROM, "WORKER_INTERVAL": "0.1", "LOG_LEVEL": "ERROR"}
        prepare(instance, **settings)
        with beside(instance, settings) as app:
            with app.app_context(), unit_of_work() as unit:
                (admin,) = find_people()
                for number in range(3):
                    told = News(
                        Kind.ACCOUNT,
                        f"uji {number}",
                        "user",
                        admin.id,
                        facts={"what": "roles_changed"},
                        actor_label="Uji",
                    )
                    post(unit, [(admin, told)])
                    # Each in a mail of its own.
                    unit.session.execute(update(Mail).values(tries=1))
            with started(instance, tmp_path / "first", "worker", **settings) as process:
                pids.append(process.pid)
                assert process.wait(60) == -signal.SIGKILL
            assert (len(box.received), states(app)) == (1, ["waiting"] * 3)
            with app.app_context(), unit_of_work() as unit:
                assert session.scalar(select(User.email)) == box.received[0].recipient
                # The lease of the dead worker ends.
                unit.session.execute(update(Mail).values(next_at=clock.now() - timedelta(seconds=1)))
            with started(instance, tmp_path / "second", "worker", **settings):
                await_until(lambda: states(app) == ["sent"] * 3)
    names = [str(each.mail["Message-ID"]) for each in box.received]
    assert (len(names), len(set(names))) == (4, 3)
