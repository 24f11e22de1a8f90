"""Rules about messages: their kinds, who is told, by which way, and when a mail is tried again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from cms.changes.actions import ContentVerb
from cms.core.permissions import Actor, Permission, Target, can
from cms.editorial.items.models import Item, State
from cms.editorial.items.policies import Operation, can_operate, may_approve


class Kind(StrEnum):
    """What a message is about."""

    WAITING = "waiting"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    TAKEN_BACK = "taken_back"
    COMMENT = "comment"
    SCHEDULE = "schedule"
    INFECTED = "infected"
    BREAKER = "breaker"
    FREEZE = "freeze"
    WEBHOOK = "webhook"
    KEY = "key"
    ACCOUNT = "account"
    MAIL = "mail"
    PERSONAL_DATA = "personal_data"


class MailWay(StrEnum):
    """Whether a message also comes by mail, and when."""

    OFF = "off"
    AT_ONCE = "at_once"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Way:
    """How a person is told: in the list, by mail, or both."""

    here: bool
    mail: MailWay


SECURITY: Final = frozenset({Kind.BREAKER, Kind.FREEZE, Kind.ACCOUNT, Kind.PERSONAL_DATA, Kind.INFECTED})
"""Nobody can switch these off: whoever took an account over would begin with that."""
USUAL: Final[Mapping[Kind, Way]] = {
    Kind.WAITING: Way(here=True, mail=MailWay.AT_ONCE),
    Kind.RETURNED: Way(here=True, mail=MailWay.AT_ONCE),
    Kind.APPROVED: Way(here=True, mail=MailWay.DAILY),
    Kind.PUBLISHED: Way(here=True, mail=MailWay.DAILY),
    Kind.TAKEN_BACK: Way(here=True, mail=MailWay.AT_ONCE),
    Kind.COMMENT: Way(here=True, mail=MailWay.AT_ONCE),
    Kind.SCHEDULE: Way(here=True, mail=MailWay.AT_ONCE),
    Kind.WEBHOOK: Way(here=True, mail=MailWay.AT_ONCE),
    Kind.KEY: Way(here=True, mail=MailWay.DAILY),
}
"""What people get who have chosen nothing; these kinds are the ones that they can choose about."""
ALWAYS: Final = Way(here=True, mail=MailWay.AT_ONCE)
# That an address gets no mail any more cannot be told by mail.
LISTED: Final = Way(here=True, mail=MailWay.OFF)
ABOUT_ITEMS: Final = frozenset(
    {Kind.WAITING, Kind.RETURNED, Kind.APPROVED, Kind.PUBLISHED, Kind.TAKEN_BACK, Kind.COMMENT, Kind.SCHEDULE}
    | {Kind.PERSONAL_DATA, Kind.INFECTED}
)
NEEDS: Final = {Kind.WEBHOOK: Permission.CONSUMER_WRITE, Kind.KEY: Permission.CONSUMER_WRITE}
"""What one must be allowed to do, to be told of what one could do something about."""

DAYS_KEPT, MAILS_KEPT = 90, 30
"""Days after which messages, and mails that are over, are removed."""
KEY_REMINDERS: Final = (timedelta(days=30), timedelta(days=7), timedelta(days=1))
LEASE: Final = timedelta(minutes=3)
"""How long a sender may take for one mail; a try itself is ended after `cms.notifications.smtp.LONGEST_SECONDS`."""
MOST_REFUSALS: Final = 3
LONGEST_WAIT: Final = timedelta(days=5)
"""Age of a mail at which it is given up, whatever kept it from being sent (RFC 5321 4.5.4.1: at least 4 or 5 days)."""
RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480))
RESTS: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 120, 300))
JITTER: Final = 0.2
_NEXT_STEPS: Final = {
    ContentVerb.SUBMITTED.value: (State.IN_REVIEW, (Operation.RETURN, Operation.APPROVE)),
    ContentVerb.APPROVED.value: (State.APPROVED, (Operation.PUBLISH,)),
}
"""After what an item waits: the state in which it does, and what one of those it waits for can do with it."""


def way_of(kind: Kind, choices: Mapping[str, Mapping[str, Any]]) -> Way:
    """How a person with these choices is told of this kind."""
    if kind not in USUAL:
        return ALWAYS if kind in SECURITY else LISTED
    usual, chosen = USUAL[kind], choices.get(kind, {})
    return Way(here=bool(chosen.get("here", usual.here)), mail=MailWay(chosen.get("mail", usual.mail)))


def may_see(actor: Actor, item: Item | None) -> bool:
    """True when the actor may know this item, its title included."""
    target = None if item is None else Target(item.agency, item.channel, item.author_id)
    return target is not None and can(actor, Permission.CONTENT_READ, target)


def waits_for(actor: Actor, item: Item, after: str, city_channel: str) -> bool:
    """True when the item still waits since it was `submitted` or `approved`, and the actor is one of those who can take the next step: the rule of
    the work list (`cms.editorial.review`).
    """
    state, steps = _NEXT_STEPS[after]
    return item.state == state and any(
        can_operate(actor, step, item, city_channel) and (step is not Operation.APPROVE or may_approve(actor, item))
        for step in steps
    )


def still_holds(kind: Kind, facts: Mapping[str, Any], actor: Actor, item: Item | None, city_channel: str) -> bool:
    """True when this message may be told to this actor, and is still worth it; asked when it is made and when a mail is sent."""
    if kind in ABOUT_ITEMS and not may_see(actor, item):
        return False
    if kind is Kind.WAITING:
        return item is not None and waits_for(actor, item, facts["what"], city_channel)
    return kind not in NEEDS or can(actor, NEEDS[kind], Target())


def next_try_after(tries: int) -> timedelta:
    """When a mail is tried again that was put off so many times."""
    return _with_jitter(RETRIES[min(tries, len(RETRIES)) - 1])


def rest_after(outages: int) -> timedelta:
    """How long a mail server that cannot be reached is left alone."""
    return _with_jitter(RESTS[min(outages, len(RESTS)) - 1])


def last_summary_at(now: datetime, hour: int, zone: str) -> datetime:
    """The newest moment that is not after `now` at which summaries were due: this hour of a day of the city, in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), time(hour), local.tzinfo)
    return (due if due <= local else due - timedelta(days=1)).astimezone(now.tzinfo)


def days_before(
    expires_at: datetime, now: datetime, reminders: Sequence[timedelta] = KEY_REMINDERS
) -> timedelta | None:
    """The reminder that is due for a key that expires then: the shortest span that has begun; None before the first."""
    return min((span for span in reminders if expires_at - now <= span), default=None)


def _with_jitter(wait: timedelta) -> timedelta:
    return wait * (1 - JITTER + 2 * JITTER * secrets.randbelow(1_001) / 1_000)
