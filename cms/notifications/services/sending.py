"""What a sender takes, and the result that it brings back: one transaction for both, and none while it sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select, update

from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.ids import new_id
from cms.core.logging import get_logger
from cms.core.mail_settings import bounce_address
from cms.core.runtime import runtime
from cms.notifications.letters import letter_of
from cms.notifications.mail_text import BadAddress, address_of, sender_address, written
from cms.notifications.models import Mail, MailState, NotificationSettings
from cms.notifications.news import News
from cms.notifications.own_settings import lock_person, settings_of
from cms.notifications.policies import LEASE, LONGEST_WAIT, MOST_REFUSALS, Kind, next_try_after
from cms.notifications.posting import post
from cms.notifications.queries import find_people
from cms.notifications.smtp import Fate, Outcome

log = get_logger(__name__)
MOST_DROPPED = 100
"""Mails that one look may find to say nothing any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """One try at one mail: everything that is needed to send it without the database."""

    mail_id: str
    lease: str
    user_id: str
    recipient: str
    sender: str
    """The address that later bounces go to."""
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class Result:
    """How a try went."""

    job: Job
    outcome: Outcome
    rests_until: datetime | None = None
    """After an outage: when the server is tried again."""


def exchange(result: Result | None, *, takes: bool = True) -> Job | None:
    """Write a result, and take the next mail that is due; None when there is none.

    The mail is written now, of what its person may see now. What was read or done meanwhile is left out, and a mail of which nothing is left
    is dropped. Writes no line.
    """
    with unit_of_work() as unit:
        if result is not None:
            _write(unit, result)
        for _ in range(MOST_DROPPED if takes else 0):
            mail = _take(unit)
            if mail is None:
                break
            if (job := _job(unit, mail)) is not None:
                return job
    return None


def _take(unit: UnitOfWork) -> Mail | None:
    """Lease the mail that has been due for longest."""
    now = clock.now()
    due = Mail.state == MailState.WAITING, Mail.next_at <= now
    found = unit.session.scalar(select(Mail.id).where(*due).order_by(Mail.next_at, Mail.id).limit(1))
    if found is None:
        return None
    # Another sender may have been faster: then the moment of the next try has moved.
    taken = unit.session.scalar(
        update(Mail)
        .where(Mail.id == found, *due)
        .values(lease=new_id(), next_at=now + LEASE)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return None if taken is None else unit.session.get_one(Mail, taken, populate_existing=True)


def _job(unit: UnitOfWork, mail: Mail) -> Job | None:
    """The mail as it is sent; None when it has nothing to say, or cannot be addressed."""
    letter = letter_of(mail)
    if letter is None:
        _finish(mail, MailState.DROPPED)
        return None
    settings = runtime().settings
    try:
        message = written(letter, sender_address(settings.mail_from))
        recipient = address_of("", letter.to_address).addr_spec
    except BadAddress:
        _refuse(unit, mail, letter.to_address, "the address cannot be written into a mail")
        return None
    return Job(mail.id, str(mail.lease), mail.user_id, recipient, bounce_address(settings), message)


def _write(unit: UnitOfWork, result: Result) -> None:
    """Write how a try went, unless the mail is no longer leased to it."""
    job, outcome = result.job, result.outcome
    lock_person(unit, job.user_id)
    mail = unit.session.scalar(
        select(Mail)
        .where(Mail.id == job.mail_id, Mail.lease == job.lease)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if mail is None:
        return
    mail.lease, mail.answer = None, outcome.answer
    if outcome.fate is Fate.SENT:
        _finish(mail, MailState.SENT)
        _forget_refusals(unit, job.user_id)
    elif outcome.fate is Fate.REFUSED:
        _refuse(unit, mail, job.recipient, outcome.answer)
    else:
        _put_off(mail, result)


def _put_off(mail: Mail, result: Result) -> None:
    now = clock.now()
    if now - mail.created_at >= LONGEST_WAIT:
        _finish(mail, MailState.FAILED)
        log.error("mail_given_up", mail=mail.id, answer=mail.answer)
        return
    if result.outcome.fate is Fate.OUTAGE:
        mail.next_at = result.rests_until or now
        return
    mail.tries += 1
    mail.next_at = now + next_try_after(mail.tries)


def _finish(mail: Mail, state: MailState) -> None:
    mail.state, mail.finished_at, mail.lease = state.value, clock.now(), None


def _forget_refusals(unit: UnitOfWork, user_id: str) -> None:
    unit.session.execute(
        update(NotificationSettings)
        .where(NotificationSettings.user_id == user_id, NotificationSettings.refusals > 0)
        .values(refusals=0)
        .execution_options(synchronize_session=False)
    )


def _refuse(unit: UnitOfWork, mail: Mail, address: str, answer: str) -> None:
    """Count a refusal; the third in a row stops mail for this address, which its person finds in the list."""
    _finish(mail, MailState.REFUSED)
    mail.answer = answer
    lock_person(unit, mail.user_id)
    settings = settings_of(unit, mail.user_id)
    people = find_people([mail.user_id])
    present = people[0].email if people else address
    if settings.refused_address != present:
        settings.refusals, settings.refused_address, settings.stopped_at = 0, present, None
    settings.refusals += 1
    log.warning("mail_refused", mail=mail.id, user_id=mail.user_id, refusals=settings.refusals, answer=answer)
    if settings.refusals < MOST_REFUSALS or settings.stopped_at is not None:
        return
    settings.stopped_at, settings.stopped_because = clock.now(), answer
    settings.version += 1
    unit.session.flush()
    told = News(Kind.MAIL, f"mail {mail.id}", "user", mail.user_id, facts={"address": present})
    post(unit, [(person, told) for person in people])
