"""Daily summaries: the messages of a person that wait for one become a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update

from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.db import UnitOfWork, unit_of_work
from cms.notifications.models import SUMMARY, Mail, Notification
from cms.notifications.posting import new_mail

PEOPLE_AT_ONCE = 50


def make_summaries(due: datetime) -> int:
    """Make the summaries that were due at this moment, for some people; returns for how many. Nobody gets two of one moment.

    Writes no line: the messages have theirs.
    """
    with unit_of_work() as unit:
        people = unit.session.scalars(
            select(Notification.user_id)
            .where(*_waiting(due))
            .distinct()
            .order_by(Notification.user_id)
            .limit(PEOPLE_AT_ONCE)
        ).all()
        for user_id in people:
            _make(unit, user_id, due)
    return len(people)


def _waiting(due: datetime) -> Sequence[Any]:
    made = exists().where(Mail.user_id == Notification.user_id, Mail.key == _key(due))
    return Notification.awaits_summary, Notification.created_at < due, ~made


def _make(unit: UnitOfWork, user_id: str, due: datetime) -> None:
    # Another worker may be at it: then these rows wait for nothing any more when it is done.
    ids = unit.session.scalars(
        select(Notification.id)
        .where(Notification.user_id == user_id, *_waiting(due))
        .order_by(Notification.id)
        .with_for_update()
    ).all()
    if not ids:
        return
    mail = new_mail(user_id, SUMMARY, clock.now(), _key(due))
    unit.add(mail)
    unit.session.flush()
    unit.session.execute(
        update(Notification)
        .where(Notification.id.in_(ids))
        .values(awaits_summary=False, mail_id=mail.id)
        .execution_options(synchronize_session=False)
    )


def _key(due: datetime) -> str:
    return f"{SUMMARY} {rfc3339(due)}"
