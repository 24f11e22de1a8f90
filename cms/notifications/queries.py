"""Finding messages, mails, and the people who can be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, func, select

from cms.accounts.models import Membership, User, UserState
from cms.agencies.models import Agency
from cms.core.db import session
from cms.core.permissions import Actor, Role
from cms.editorial.items.models import Item
from cms.notifications.models import Mail, MailState, Notification, NotificationSettings


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, with the roles held now and where mail goes."""

    actor: Actor
    email: str

    @property
    def id(self) -> str:
        """The id of the person."""
        return str(self.actor.id)


def find_people(ids: Collection[str] | None = None) -> Sequence[Person]:
    """People who may sign in, frozen ones included; all of them, or those with these ids."""
    wanted: list[ColumnElement[bool]] = [User.state == UserState.ACTIVE.value]
    if ids is not None:
        wanted.append(User.id.in_(ids))
    rows = session.execute(
        select(User.id, User.name, User.email, Membership.role, Membership.agency)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(*wanted)
        .order_by(User.id)
    ).all()
    roles: dict[str, set[tuple[Role, str | None]]] = {row.id: set() for row in rows}
    for row in rows:
        if row.role is not None:
            roles[row.id].add((Role(row.role), row.agency))
    known = {row.id: row for row in rows}
    return [Person(Actor(row.id, row.name, frozenset(roles[row.id])), row.email) for row in known.values()]


def find_settings(ids: Collection[str]) -> dict[str, NotificationSettings]:
    """What these people have chosen; those without a row are missing."""
    found = session.scalars(select(NotificationSettings).where(NotificationSettings.user_id.in_(ids)))
    return {each.user_id: each for each in found}


def find_items(ids: Iterable[str]) -> dict[str, Item]:
    """Items by id as they are now, those in the trash included; an unknown id is missing. Who may see them is not asked here."""
    wanted = select(Item).where(Item.id.in_(set(ids))).execution_options(populate_existing=True)
    return {item.id: item for item in session.scalars(wanted)}


def find_agency_names(slugs: Collection[str]) -> dict[str, str]:
    """Names of agencies by slug."""
    rows = session.execute(select(Agency.slug, Agency.name).where(Agency.slug.in_(slugs))).all()
    return {row.slug: row.name for row in rows}


def list_notifications(
    user_id: str, *, is_unread: bool | None, kinds: Collection[str] = (), before: str | None = None, limit: int
) -> Sequence[Notification]:
    """The messages of a person, the newest first; `before` is an id."""
    statement = select(Notification).where(Notification.user_id == user_id, Notification.is_listed)
    if is_unread is not None:
        statement = statement.where(Notification.read_at.is_(None) if is_unread else Notification.read_at.is_not(None))
    if kinds:
        statement = statement.where(Notification.kind.in_(kinds))
    if before is not None:
        statement = statement.where(Notification.id < before)
    return session.scalars(statement.order_by(Notification.id.desc()).limit(limit)).all()


def count_unread(user_id: str) -> int:
    """How many messages of the list a person has not read."""
    unread = (Notification.user_id == user_id, Notification.read_at.is_(None), Notification.is_listed)
    return session.scalar(select(func.count()).where(*unread)) or 0


def is_mail_due(now: datetime) -> bool:
    """True when a mail waits whose moment has come."""
    due = (Mail.state == MailState.WAITING, Mail.next_at <= now)
    return session.scalar(select(Mail.id).where(*due).limit(1)) is not None


def is_summary_due(due: datetime) -> bool:
    """True when a message waits for the summary of this moment."""
    waiting = (Notification.awaits_summary, Notification.created_at < due)
    return session.scalar(select(Notification.id).where(*waiting).limit(1)) is not None


def notifications_of(mail_ids: Collection[str]) -> Mapping[str, Sequence[Notification]]:
    """The unread messages of these mails, oldest first."""
    found = session.scalars(
        select(Notification)
        .where(Notification.mail_id.in_(mail_ids), Notification.read_at.is_(None))
        .order_by(Notification.id)
        .execution_options(populate_existing=True)
    ).all()
    return {mail_id: [each for each in found if each.mail_id == mail_id] for mail_id in mail_ids}


def mail_figures() -> Sequence[Label[Any]]:
    """The figures of mail, for `/metrics` and `doctor`, as columns of one statement: since when the first mail waits that was never tried,
    addresses that get none any more, and how many mails wait.
    """
    waiting = select(func.min(Mail.created_at)).where(Mail.state == MailState.WAITING, Mail.tries == 0)
    stopped = (
        select(func.count())
        .select_from(NotificationSettings)
        .join(User, User.id == NotificationSettings.user_id)
        .where(NotificationSettings.stopped_at.is_not(None), NotificationSettings.refused_address == User.email)
    )
    return [
        waiting.scalar_subquery().label("mail_since"),
        stopped.scalar_subquery().label("mail_stopped"),
        select(func.count()).where(Mail.state == MailState.WAITING).scalar_subquery().label("mail_waiting"),
    ]
