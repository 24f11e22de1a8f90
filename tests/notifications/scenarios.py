"""Scenarios of tests/test_services.py: messages, what people choose, and what a sender writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.dead_letters.services import set_aside
from cms.core.permissions import Actor
from cms.notifications.models import Mail, Notification
from cms.notifications.services import lists, reminders, sending, settings, summaries
from cms.notifications.services.sending import Job, Result
from cms.notifications.smtp import Fate, Outcome
from cms.publishing.tasks import QUEUE
from tests.access.world import World
from tests.factories import add_key
from tests.notifications.telling import FROM, tell

Act = Callable[[], Any]
Scenario = Callable[[World], Act]
FIRST = frozenset({1})


def editor_of(world: World) -> Actor:
    actor: Actor = world.callers["editor"].actor
    return actor


def with_mail(world: World) -> None:
    """A mail server is set; nobody speaks to it."""
    own = world.app.extensions["simpul"]
    sends = replace(own.settings, mail_url="smtp://127.0.0.1:9?starttls=no", mail_from=FROM)
    world.app.extensions["simpul"] = replace(own, settings=sends)


def told(world: World) -> None:
    """An item waits for the editor, who was told."""
    world.item("post", "in_review")
    tell(world.app)


def choose(world: World) -> Act:
    return lambda: settings.change_settings(editor_of(world), FIRST, {"kinds": {"comment": {"mail": "off"}}})


def unsubscribe(world: World) -> Act:
    return lambda: settings.unsubscribe(str(editor_of(world).id), "comment")


def purge(world: World) -> Act:
    told(world)
    with world.app.app_context(), unit_of_work() as unit:
        unit.session.execute(update(Notification).values(created_at=clock.now() - timedelta(days=100)))
    return lists.purge_notifications


def summarise(world: World) -> Act:
    told(world)
    with world.app.app_context(), unit_of_work() as unit:
        unit.session.execute(update(Notification).values(awaits_summary=True))
    return lambda: summaries.make_summaries(clock.now() + timedelta(seconds=1))


def remind_of_key(world: World) -> Act:
    add_key(world.app, world.consumer(), expires_at=clock.now() + timedelta(days=5))
    return reminders.remind_of_keys


def tell_of_schedule(world: World) -> Act:
    item = world.item("post")
    with world.app.app_context():
        set_aside(QUEUE, item.id, ValueError("rusak"))
    return reminders.tell_failing_schedules


def taken(world: World) -> Job:
    """A mail that a sender has taken; nothing else waits."""
    with_mail(world)
    told(world)
    with world.app.app_context():
        job = sending.exchange(None)
        with unit_of_work() as unit:
            unit.session.execute(update(Mail).where(Mail.lease.is_(None)).values(state="dropped"))
    assert job is not None
    return job


def exchange(world: World) -> Act:
    job = taken(world)
    return lambda: sending.exchange(Result(job, Outcome(Fate.SENT, "250 OK")))


def exchange_refused(world: World) -> Act:
    job = taken(world)
    return lambda: sending.exchange(Result(job, Outcome(Fate.REFUSED, "550 no")))


SCENARIOS: dict[str, Scenario] = {
    "notifications.purge_notifications": purge,
    "notifications.change_settings": choose,
    "notifications.unsubscribe": unsubscribe,
    "notifications.make_summaries": summarise,
    "notifications.remind_of_keys": remind_of_key,
    "notifications.tell_failing_schedules": tell_of_schedule,
    "notifications.exchange": exchange,
    "notifications.exchange refused": exchange_refused,
}
SILENT = {name for name in SCENARIOS if name not in ("notifications.change_settings", "notifications.unsubscribe")}
