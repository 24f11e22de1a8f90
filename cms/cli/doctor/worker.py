"""Does a worker run, does it keep up, and do its tasks succeed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.file_texts.extracting import find_recogniser
from cms.health.services import WORKER
from cms.health.state import FollowerState, background_state
from cms.notifications.smtp import Fate, MailServer
from cms.virus_scans.clamd import Clamd
from config import Settings

# A worker looks for work about every second and reports that it runs every 15.
WORKER_SILENCE = timedelta(minutes=2)
LONG_WAIT_OF_IMAGES = LONG_WAIT_OF_MAIL = timedelta(minutes=15)
LONG_WAIT_OF_SCANS = timedelta(minutes=5)
# They are read one at a time, behind the images, and nobody waits for them: many that come at once take their time.
LONG_WAIT_OF_TEXTS = timedelta(hours=1)
# Tries are up to a minute apart: after so many, a restart of another service does not explain the failures.
MOST_FAILURES = 3


def check_worker(_settings: Settings) -> Iterator[Finding]:
    """When a worker last reported. No worker is needed before there is any work."""
    heard = background_state().succeeded_at(WORKER)
    if heard is None:
        yield warning("No worker has run yet: python -m cms worker")
    elif clock.now() - heard > WORKER_SILENCE:
        yield red(f"No worker was heard of since {clock.rfc3339(heard)}: python -m cms worker")
    else:
        yield ok("A worker runs.")


def check_followers(_settings: Settings) -> Iterator[Finding]:
    """The position of each follower of the log, also of one that never ran."""
    state = background_state()
    for follower in state.followers:
        yield _follower_finding(follower, state.sequence)


def _follower_finding(follower: FollowerState, newest: int) -> Finding:
    if _is_older(follower.oldest_unread_at, WORKER_SILENCE):
        return red(f"`{follower.name}` is {follower.lag} lines behind and stands still: is a worker running?")
    return ok(f"`{follower.name}` is at line {newest - follower.lag} of {newest}.")


def check_waiting_work(_settings: Settings) -> Iterator[Finding]:
    """Due schedules, images that wait for their renditions, and files that wait to be read."""
    state = background_state()
    schedules = f"{state.due_schedules} scheduled changes are due and not carried out"
    if _is_older(state.oldest_due_schedule_at, WORKER_SILENCE):
        yield red(f"{schedules}: is a worker running?")
    else:
        yield ok(f"{schedules}.")
    images = f"{state.waiting_images} images wait for their renditions"
    yield _waiting(images, state.oldest_waiting_image_at, LONG_WAIT_OF_IMAGES)
    yield _waiting(
        f"{state.texts_waiting} files wait for their text to be read", state.first_text_at, LONG_WAIT_OF_TEXTS
    )


def _waiting(what: str, since: datetime | None, longest: timedelta) -> Finding:
    if since is not None and _is_older(since, longest):
        return warning(f"{what}, the first since {clock.rfc3339(since)}.")
    return ok(f"{what}.")


def check_recogniser(_settings: Settings) -> Iterator[Finding]:
    """The program that reads scans, which is optional."""
    if find_recogniser() is None:
        yield ok(
            "Scans are not read: tesseract with Indonesian is not installed (Debian: tesseract-ocr, tesseract-ocr-ind)."
        )
    else:
        yield ok("Scans are read by tesseract.")


def check_webhooks(_settings: Settings) -> Iterator[Finding]:
    """Messages to healthy endpoints that are due and not sent, and endpoints that the server has switched off."""
    state = background_state()
    if _is_older(state.webhook_due_at, WORKER_SILENCE):
        yield red("Messages to webhooks are due and nobody sends them: is a worker running?")
    elif state.webhooks["disabled"]:
        yield warning(f"{state.webhooks['disabled']} webhooks were switched off because they failed.")
    else:
        yield ok(f"Messages to webhooks go out; {state.webhooks['failing']} endpoints fail.")


def check_mail(settings: Settings) -> Iterator[Finding]:
    """Mail to people: is there a server, does it answer, and does what waits go out?"""
    if not settings.mail_url:
        yield warning("MAIL_URL is not set: messages to people stay in their lists.")
        return
    outcome, state = MailServer(settings).check(), background_state()
    if outcome.fate is not Fate.SENT:
        yield red(f"The mail server of MAIL_URL cannot be used: {outcome.answer}.")
    elif _is_older(state.mail_since, LONG_WAIT_OF_MAIL):
        yield red("The mail server answers, and mail waits all the same: is a worker running, with the same MAIL_URL?")
    elif state.mail_stopped:
        yield warning(f"The mail server refused the addresses of {state.mail_stopped} people: look for `mail_refused`.")
    else:
        yield ok("Mail to people goes out.")


def check_virus_scanner(settings: Settings) -> Iterator[Finding]:
    """The virus scanner: is there one, does it answer, and do files wait?"""
    if not settings.clamd_url:
        yield warning("CLAMD_URL is not set: files are published without a virus scan.")
        return
    state = background_state()
    waiting = f"{state.scans_waiting} files wait for it, and nobody gets them until then"
    if not Clamd(settings.clamd_url).answers():
        yield red(f"The virus scanner of CLAMD_URL does not answer; {waiting}.")
    elif _is_older(state.scanner_silent_at, LONG_WAIT_OF_SCANS):
        yield red(f"The virus scanner answers; {waiting}, all the same: is a worker running, with the same CLAMD_URL?")
    else:
        yield ok(f"The virus scanner answers; {waiting}.")


def check_tasks(_settings: Settings) -> Iterator[Finding]:
    """Tasks of the worker that fail again and again."""
    failing = [run for run in background_state().runs.values() if run.failures >= MOST_FAILURES]
    for run in failing:
        yield red(f"`{run.name}` has failed {run.failures} times in a row: look for `task_failed` in the log.")
    if not failing:
        yield ok("No task of the worker fails again and again.")


def _is_older(moment: datetime | None, age: timedelta) -> bool:
    return moment is not None and clock.now() - moment > age
