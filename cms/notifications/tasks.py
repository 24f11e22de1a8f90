"""The sender of mail, summaries and reminders: work of the worker.

No transaction is open while a mail is sent, and the sender has a thread of its own: a mail server that is slow or gone delays nothing else. Several
senders may run at once: mails are leased. A sender that dies has at most one mail on its way, which is sent again three minutes later under the same
`Message-ID` (at least once).
"""

from __future__ import annotations

from datetime import timedelta

from cms.core import clock
from cms.core.db import rolled_back
from cms.core.dead_letters.queries import has_put_aside
from cms.core.logging import get_logger
from cms.core.runtime import Runtime, runtime
from cms.notifications.policies import last_summary_at, rest_after
from cms.notifications.queries import is_mail_due, is_summary_due
from cms.notifications.services.lists import purge_notifications
from cms.notifications.services.reminders import remind_of_keys, tell_failing_schedules
from cms.notifications.services.sending import Job, Result, exchange
from cms.notifications.services.summaries import make_summaries
from cms.notifications.smtp import Fate, MailServer, Outcome
from cms.publishing.tasks import QUEUE

log = get_logger(__name__)


class MailSender:
    """Sends mails, one after the other. `step` is called again and again on one thread, inside an application context."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._result: Result | None = None
        self._outages = 0
        self._rests_until = 0.0

    def step(self) -> bool:
        """Write the last result and send the next mail; True while there may be more."""
        if self._result is None and (self._rests_until > clock.monotonic() or not self._has_work()):
            self._server.close()
            return False
        rests = self._rests_until > clock.monotonic()
        job = exchange(self._result, takes=not rests)
        self._result = None
        if job is None:
            self._server.close()
            return False
        self._result = self._judge(job, self._server.send(job.message, job.sender, job.recipient))
        return True

    def finish(self) -> None:
        """Write the last result; nothing new is begun."""
        if self._result is not None:
            exchange(self._result, takes=False)
            self._result = None
        self._server.close()

    def _has_work(self) -> bool:
        with rolled_back():
            return is_mail_due(clock.now())

    def _judge(self, job: Job, outcome: Outcome) -> Result:
        if outcome.fate is not Fate.OUTAGE:
            if self._outages:
                log.info("mail_server_is_back", outages=self._outages)
            self._outages = 0
            return Result(job, outcome)
        self._outages += 1
        rest = rest_after(self._outages)
        self._rests_until = clock.monotonic() + rest.total_seconds()
        log.error("mail_server_does_not_take_mail", answer=outcome.answer, next_in_seconds=round(rest.total_seconds()))
        return Result(job, outcome, clock.now() + rest)


def mail_sender_of(own: Runtime) -> MailSender | None:
    """A sender for this process; None when no mail server is set."""
    return MailSender(MailServer(own.settings)) if own.settings.mail_url else None


def make_due_summaries() -> bool:
    """Make the summaries of the newest moment at which they were due; True when there may be more. The first read locks nothing."""
    settings = runtime().settings
    due = last_summary_at(clock.now(), settings.mail_summary_hour, settings.city_timezone)
    with rolled_back():
        waits = is_summary_due(due)
    return waits and make_summaries(due) > 0


def tell_of_keys() -> bool:
    """Tell of keys that are about to expire; there is never more to do right away."""
    remind_of_keys()
    return False


def tell_of_schedules() -> bool:
    """Tell of schedules that fail; there is never more to do right away. The first read locks nothing."""
    with rolled_back():
        fails = has_put_aside(QUEUE)
    if fails:
        tell_failing_schedules()
    return False


def purge_old_messages() -> bool:
    """Remove old messages and mails; True when there may be more."""
    return purge_notifications() > 0


LONGEST_WAIT_AT_END = timedelta(seconds=12)
"""How long a worker that stops waits for the mail on its way; a mail that takes longer is sent again later."""
