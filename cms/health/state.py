"""The state of background work, read by `/metrics` and `doctor`, so that both report the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, inspect, or_, select

from cms.changes.followers import FOLLOWERS
from cms.changes.models import Change, ChangeHead, Checkpoint, FollowerPosition
from cms.consumers.usage.queries import silent_figures
from cms.core import clock
from cms.core.db import db, rolled_back, session
from cms.core.runtime import runtime
from cms.editorial.items.models import Item
from cms.file_texts.queries import reading_figures
from cms.health.models import TaskRun
from cms.health.services import BACKUP, STREAMS, WEB, WORKER
from cms.media.models import Image
from cms.moderation.models import BreakerTrip, PublishingFreeze
from cms.notifications.queries import mail_figures
from cms.virus_scans.queries import QUEUE as SCANS
from cms.virus_scans.queries import scan_figures
from cms.webhooks.queries import sending_figures

LONGEST_SILENCE = timedelta(minutes=15)
"""A backup reports every minute that it runs; one that has been silent for this long has ended."""
SILENCE = timedelta(days=1)
"""A copy that has not asked for so long may show something old."""
SIGN_OF_LIFE = timedelta(minutes=1)
"""Workers and web processes report at least twice in this time that they run."""


@dataclass(frozen=True, slots=True)
class FollowerState:
    """A follower of the log: lines that it has still to read, and when the oldest of them was written."""

    name: str
    lag: int
    oldest_unread_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackgroundState:
    """The state of background work in the database; moments are None where there is nothing."""

    sequence: int
    followers: list[FollowerState]
    runs: Mapping[str, TaskRun]
    due_schedules: int
    oldest_due_schedule_at: datetime | None
    waiting_images: int
    oldest_waiting_image_at: datetime | None
    checkpoint_sequence: int
    checkpoint_at: datetime | None
    held_up: Mapping[str, int]
    """How many breakers and freezes are in force now."""
    webhook_due_at: datetime | None
    webhooks: Mapping[str, int]
    """How many endpoints fail, and how many were switched off."""
    mail_since: datetime | None
    """Since when the first mail waits that was never tried."""
    mail_stopped: int
    waiting_messages: Mapping[str, int]
    """How many wait to be sent, by queue."""
    scans_waiting: int
    first_scan_at: datetime | None
    """Since when the first file waits for the virus scanner."""
    texts_waiting: int
    first_text_at: datetime | None
    """Since when the first file waits for its text to be read."""
    silent_copies: int
    """Copies of consumers that have not asked for a day."""
    """Addresses that get no mail any more, because the mail server refused them."""

    @property
    def scanner_silent_at(self) -> datetime | None:
        """Since when files wait and the scanner says nothing: a long queue that gets shorter is no silence. None without a scanner."""
        if self.first_scan_at is None or not runtime().settings.clamd_url:
            return None
        return max(self.first_scan_at, self.succeeded_at(SCANS) or self.first_scan_at)

    def succeeded_at(self, name: str) -> datetime | None:
        """When a background task last succeeded."""
        run = self.runs.get(name)
        return run.succeeded_at if run is not None else None


def is_backup_under_way() -> bool:
    """True when the command `backup` has reported within the last minutes that it runs. Raises `SQLAlchemyError`."""
    with rolled_back():
        run = session.get(TaskRun, BACKUP, populate_existing=True)
    if run is None or clock.now() - run.ran_at > LONGEST_SILENCE:
        return False
    return run.succeeded_at is None or run.succeeded_at < run.ran_at


def running_processes() -> list[str]:
    """Which of `web` and `worker` have lately reported to this database that they run. Raises `SQLAlchemyError`."""
    if not inspect(db.engine).has_table(TaskRun.__tablename__):
        return []
    recent = (TaskRun.name.in_((WEB, WORKER, STREAMS)), TaskRun.ran_at > clock.now() - SIGN_OF_LIFE)
    with rolled_back():
        return list(session.scalars(select(TaskRun.name).where(*recent).order_by(TaskRun.name)))


def background_state() -> BackgroundState:
    """Read the state, in a few small statements whose number does not grow with the content. Raises `SQLAlchemyError`."""
    with rolled_back():
        sequence = session.scalar(select(ChangeHead.sequence)) or 0
        counted = _schedules_and_pauses(clock.now())
        waiting, first_waiting = session.execute(
            select(func.count(), func.min(Image.waiting_since)).where(Image.waiting_since.is_not(None))
        ).one()
        checkpoint = session.scalar(select(Checkpoint).order_by(Checkpoint.sequence.desc()).limit(1))
        runs = session.scalars(select(TaskRun)).all()
        return BackgroundState(
            sequence=sequence,
            held_up={"breaker": counted.breakers, "freeze": counted.freezes},
            followers=_followers(sequence),
            runs={run.name: run for run in runs},
            due_schedules=counted.due_schedules,
            oldest_due_schedule_at=min(filter(None, (counted.first_publish, counted.first_unpublish)), default=None),
            waiting_images=waiting,
            oldest_waiting_image_at=first_waiting,
            checkpoint_sequence=checkpoint.sequence if checkpoint else 0,
            checkpoint_at=checkpoint.signed_at if checkpoint else None,
            webhook_due_at=counted.webhooks_due,
            webhooks={"failing": counted.webhooks_failing, "disabled": counted.webhooks_disabled},
            mail_since=counted.mail_since,
            mail_stopped=counted.mail_stopped,
            waiting_messages={"webhooks": counted.webhooks_waiting, "mail": counted.mail_waiting},
            scans_waiting=counted.scans_waiting,
            first_scan_at=counted.first_scan,
            texts_waiting=counted.texts_waiting,
            first_text_at=counted.first_text,
            silent_copies=counted.silent_copies,
        )


def _schedules_and_pauses(moment: datetime) -> Row[Any]:
    """Schedules whose moment has come, what holds people up, and what waits to be sent or asked for, in one statement."""
    publish, unpublish = Item.publish_at <= moment, Item.unpublish_at <= moment
    is_open = BreakerTrip.reset_at.is_(None), BreakerTrip.until > moment
    return session.execute(
        select(
            select(func.count())
            .select_from(Item)
            .where(or_(publish, unpublish))
            .scalar_subquery()
            .label("due_schedules"),
            select(func.min(Item.publish_at)).where(publish).scalar_subquery().label("first_publish"),
            select(func.min(Item.unpublish_at)).where(unpublish).scalar_subquery().label("first_unpublish"),
            select(func.count()).select_from(BreakerTrip).where(*is_open).scalar_subquery().label("breakers"),
            select(func.count()).select_from(PublishingFreeze).scalar_subquery().label("freezes"),
            *sending_figures(moment),
            *mail_figures(),
            *silent_figures(moment - SILENCE),
            *scan_figures(),
            *reading_figures(),
        )
    ).one()


def _followers(sequence: int) -> list[FollowerState]:
    """Every follower that this code knows, also one that never ran, and those of other code that left a position."""
    found = dict(session.execute(select(FollowerPosition.name, FollowerPosition.sequence)).all())
    reached = dict.fromkeys(FOLLOWERS, 0) | found
    times = dict(
        session.execute(
            select(Change.sequence, Change.recorded_at).where(Change.sequence.in_({at + 1 for at in reached.values()}))
        ).all()
    )
    return [FollowerState(name, sequence - at, times.get(at + 1)) for name, at in sorted(reached.items())]
