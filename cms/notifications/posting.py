"""Putting messages into lists and into mails: a step of the follower and of the reminders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, tuple_

from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.core.ids import new_id
from cms.core.runtime import runtime
from cms.notifications.audience import Told
from cms.notifications.models import Mail, MailState, Notification, NotificationSettings
from cms.notifications.policies import Kind, MailWay, way_of
from cms.notifications.queries import Person, find_settings

AT_ONCE = 500


def post(unit: UnitOfWork, told: Sequence[Told]) -> int:
    """Add a message for each person and news, by the ways that the person wants; returns how many are new.

    Messages of one kind that a person gets by mail while an earlier mail of this kind has not been tried yet go into that one: a hundred
    items that are submitted together make one mail.
    """
    new = _not_told_yet(unit, told)
    if not new:
        return 0
    settings = find_settings({person.id for person, _news in new})
    now, mails = clock.now(), Mails(unit)
    rows: list[dict[str, Any]] = []
    for person, news in new:
        chosen = settings.get(person.id)
        way = way_of(news.kind, chosen.choices if chosen else {})
        mail = way.mail if gets_mail(person, chosen) else MailWay.OFF
        if not way.here and mail is MailWay.OFF:
            continue
        rows.append(
            {
                "id": new_id(), "user_id": person.id, "kind": news.kind.value, "key": news.key, "sequence": news.sequence,
                "resource_type": news.resource_type, "resource_id": news.resource_id, "agency": news.agency,
                "actor_id": news.actor_id, "actor_label": news.actor_label, "facts": dict(news.facts), "is_listed": way.here,
                "awaits_summary": mail is MailWay.DAILY, "created_at": now, "read_at": None,
                "mail_id": mails.waiting(person.id, news.kind, now) if mail is MailWay.AT_ONCE else None,
            }
        )  # fmt: skip
    unit.session.flush()
    for start in range(0, len(rows), AT_ONCE):
        unit.session.execute(insert(table_of(Notification)), rows[start : start + AT_ONCE])
    return len(rows)


def gets_mail(person: Person, settings: NotificationSettings | None) -> bool:
    """True when there is a mail server, and it has not refused this person's address again and again."""
    is_stopped = settings is not None and settings.stopped_at is not None and settings.refused_address == person.email
    return bool(runtime().settings.mail_url) and not is_stopped


def _not_told_yet(unit: UnitOfWork, told: Sequence[Told]) -> list[Told]:
    """Without what these people were told before; twice the same counts once."""
    wanted = {(news.key, person.id): (person, news) for person, news in reversed(told)}
    known: set[tuple[str, str]] = set()
    pairs = sorted(wanted)
    for start in range(0, len(pairs), AT_ONCE):
        some = tuple_(Notification.key, Notification.user_id).in_(pairs[start : start + AT_ONCE])
        known |= {
            (key, user_id)
            for key, user_id in unit.session.execute(select(Notification.key, Notification.user_id).where(some))
        }
    return [each for key, each in reversed(wanted.items()) if key not in known]


class Mails:
    """The mails of one unit of work that nobody has tried yet."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._known: dict[tuple[str, str], str] = {}

    def waiting(self, user_id: str, kind: Kind, now: datetime) -> str:
        """The id of the mail into which the next message of this kind to this person goes."""
        key = user_id, kind.value
        if key not in self._known:
            self._known[key] = self._find(*key) or self._add(*key, now)
        return self._known[key]

    def _find(self, user_id: str, kind: str) -> str | None:
        untried = (
            Mail.user_id == user_id,
            Mail.kind == kind,
            Mail.state == MailState.WAITING,
            Mail.tries == 0,
            Mail.lease.is_(None),
        )
        # One that a sender takes at this moment has been written already.
        return self._unit.session.scalar(
            select(Mail.id).where(*untried).order_by(Mail.id).limit(1).with_for_update(skip_locked=True)
        )

    def _add(self, user_id: str, kind: str, now: datetime) -> str:
        mail = new_mail(user_id, kind, now)
        self._unit.add(mail)
        return mail.id


def new_mail(user_id: str, kind: str, now: datetime, key: str = "") -> Mail:
    """A mail that is due now. `key` keeps a second one from being made for the same reason."""
    mail_id = new_id()
    return Mail(
        id=mail_id,
        user_id=user_id,
        kind=kind,
        key=key or mail_id,
        state=MailState.WAITING.value,
        next_at=now,
        tries=0,
        created_at=now,
    )
