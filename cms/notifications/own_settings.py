"""The row of a person's settings, held while it is changed: a step of what people choose, and of what the mail server refuses."""

from __future__ import annotations

from sqlalchemy import select

from cms.accounts.models import User
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.notifications.models import NotificationSettings


def settings_of(unit: UnitOfWork, user_id: str) -> NotificationSettings:
    """The row of a person, a new one when there is none; the caller has locked the person."""
    found = unit.session.get(NotificationSettings, user_id, populate_existing=True)
    if found is None:
        found = NotificationSettings(user_id=user_id, choices={}, refusals=0, version=1, updated_at=clock.now())
        unit.add(found)
    return found


def lock_person(unit: UnitOfWork, user_id: str) -> None:
    """Hold the row of a person until the end of the unit of work; harmless when there is none."""
    unit.session.execute(select(User.id).where(User.id == user_id).with_for_update())
