"""Reading messages, and the end of old ones: bookkeeping, without lines in the log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import invalid_field
from cms.core.permissions import Actor, Permission, authorize
from cms.notifications.models import Mail, MailState, Notification
from cms.notifications.policies import DAYS_KEPT, MAILS_KEPT

PURGED_AT_ONCE = 1_000


def mark_read(actor: Actor, *, ids: Collection[str] | None = None, until: str | None = None) -> None:
    """Mark own messages as read: these, or all up to the message `until`, included. Ids of other people's messages change nothing.

    Raises `Invalid` when neither is given. Writes no line: what somebody has read is nobody else's business.
    """
    which: list[ColumnElement[bool]] = []
    if ids is not None:
        which.append(Notification.id.in_(ids))
    if until is not None:
        which.append(Notification.id <= until)
    if not which:
        raise invalid_field("/ids", "needed_one_of", other="until")
    with unit_of_work() as unit:
        authorize(actor, Permission.ACCOUNT_OWN)
        unit.session.execute(
            update(Notification)
            .where(Notification.user_id == actor.id, Notification.read_at.is_(None), or_(*which))
            .values(read_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def purge_notifications() -> int:
    """Remove messages older than `DAYS_KEPT` days, and mails that were over `MAILS_KEPT` days ago, some at a time; returns how many.

    Writes no line: nothing has happened but time.
    """
    now = clock.now()
    old = Notification.created_at < now - timedelta(days=DAYS_KEPT)
    over = Mail.finished_at < now - timedelta(days=MAILS_KEPT), Mail.state != MailState.WAITING
    with unit_of_work() as unit:
        messages = unit.session.scalars(select(Notification.id).where(old).limit(PURGED_AT_ONCE)).all()
        unit.session.execute(delete(Notification).where(Notification.id.in_(messages)))
        mails = unit.session.scalars(select(Mail.id).where(*over).limit(PURGED_AT_ONCE)).all()
        unit.session.execute(delete(Mail).where(Mail.id.in_(mails)))
    return len(messages) + len(mails)
