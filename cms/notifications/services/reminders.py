"""Messages that no line of the log tells of: a key is about to expire, a schedule could not be carried out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cms.consumers.models import Consumer, DeliveryKey
from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.dead_letters.models import DeadLetter
from cms.notifications.audience import Audience
from cms.notifications.news import News
from cms.notifications.policies import KEY_REMINDERS, Kind, days_before
from cms.notifications.posting import post
from cms.notifications.queries import find_items, find_people
from cms.publishing.tasks import QUEUE


def remind_of_keys() -> int:
    """Tell of keys that are about to expire, 30, 7 and 1 days before; returns how many messages are new.

    Called again and again. Writes no line: nothing has happened yet.
    """
    with unit_of_work() as unit:
        return _told(unit, _expiring_keys(unit))


def tell_failing_schedules() -> int:
    """Tell once of each schedule that was put aside because it could not be carried out; returns how many messages are new.

    Called again and again. Writes no line: it stands in the list of what was put aside.
    """
    with unit_of_work() as unit:
        return _told(unit, _failing_schedules(unit))


def _told(unit: UnitOfWork, news: Sequence[News]) -> int:
    if not news:
        return 0
    audience = Audience(unit, find_people(), news)
    return post(unit, [told for each in news for told in audience.told(each)])


def _expiring_keys(unit: UnitOfWork) -> list[News]:
    """Keys in force that expire soon, unless the consumer has a later one that shows at least as much.

    Locked, so that two workers do not tell of one key at the same time; what the other one holds it tells itself.
    """
    now = clock.now()
    later = aliased(DeliveryKey)
    has_successor = (
        select(later.id)
        .where(
            later.consumer_id == DeliveryKey.consumer_id,
            later.revoked_at.is_(None),
            later.expires_at > DeliveryKey.expires_at,
            later.created_at > DeliveryKey.created_at,
        )
        .exists()
    )
    soon = (
        DeliveryKey.expires_at > now,
        DeliveryKey.expires_at <= now + max(KEY_REMINDERS),
        DeliveryKey.revoked_at.is_(None),
    )
    rows = unit.session.execute(
        select(DeliveryKey, Consumer.name, Consumer.agency)
        .join(Consumer, Consumer.id == DeliveryKey.consumer_id)
        .where(*soon, Consumer.is_active, ~has_successor)
        .order_by(DeliveryKey.id)
        .with_for_update(of=DeliveryKey, skip_locked=True)
    ).all()
    return [_of_key(key, name, agency) for key, name, agency in rows]


def _of_key(key: DeliveryKey, consumer: str, agency: str) -> News:
    span = days_before(key.expires_at, clock.now())
    facts = {
        "consumer": consumer,
        "consumer_id": key.consumer_id,
        "hint": key.hint,
        "expires_at": rfc3339(key.expires_at),
    }
    name = f"key {key.id} {rfc3339(key.expires_at)} {span.days if span else 0}"
    return News(Kind.KEY, name, "key", key.id, agency, facts=facts)


def _failing_schedules(unit: UnitOfWork) -> list[News]:
    """Schedules that were put aside because they could not be carried out."""
    letters = unit.session.scalars(
        select(DeadLetter).where(DeadLetter.queue == QUEUE).order_by(DeadLetter.key).with_for_update(skip_locked=True)
    ).all()
    items = find_items(letter.key for letter in letters)
    return [
        News(
            Kind.SCHEDULE,
            f"schedule {letter.key} {rfc3339(letter.since)}",
            item.type,
            item.id,
            item.agency,
            facts={"what": "failed"},
        )
        for letter in letters
        if (item := items.get(letter.key)) is not None
    ]
