"""`doctor`: what is wrong with this installation, in words (security.md R-S2)."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import click
import pysqlite3
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from cms.changes.checkpoints import newest_checkpoint
from cms.changes.log import read_heads
from cms.changes.models import ConsumerPosition
from cms.changes.signing import BadKeyError, signing_key
from cms.changes.stored_lines import StoredLog
from cms.changes.verification import verify
from cms.cli.application import application, settings_for
from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.engines import sqlite_is_safe
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from cms.health.checks import Check, check_database, check_migrations
from config import PROJECT_ROOT, Settings

GIGABYTE = 2**30
LITTLE_ROOM, NO_ROOM = GIGABYTE, GIGABYTE // 5
LARGEST_SKEW = timedelta(seconds=30)
# A worker looks about every second; a position that stands still this long while there are newer lines has no worker.
WORKER_SILENCE = timedelta(minutes=2)
# The worker signs once a day when there is anything new.
OLDEST_CHECKPOINT = timedelta(days=2)


class Level(StrEnum):
    """How bad a finding is; `red` makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    RED = "red"


MARKS = {Level.OK: ("ok     ", "green"), Level.WARNING: ("warning", "yellow"), Level.RED: ("red    ", "red")}
Finding = tuple[Level, str]


@click.command("doctor")
def command() -> None:
    """Check settings, database, log, storage, worker, disk and clock; exit code 1 when something is red."""
    settings = settings_for(None, None)
    findings = settings_findings(settings)
    if all(level is not Level.RED for level, _ in findings):
        findings += _application_findings(application(), settings)
    for level, sentence in findings:
        mark, colour = MARKS[level]
        click.echo(f"{click.style(mark, fg=colour)}  {sentence}")
    if any(level is Level.RED for level, _ in findings):
        raise SystemExit(1)


def startup_findings() -> list[Check]:
    """What must hold before a production server starts; needs an application context."""
    sqlite = sqlite_finding()
    checks = [Check("sqlite", sqlite[0] is Level.OK, sqlite[1]), check_database(runtime().reader)]
    return [*checks, check_migrations(PROJECT_ROOT / "migrations")] if checks[-1].ok else checks


def settings_findings(settings: Settings) -> list[Finding]:
    """Unsafe settings, and what is merely unwise in production."""
    found = [(Level.RED, sentence) for sentence in settings.problems()]
    if settings.environment != "production":
        found.append((Level.WARNING, "ENVIRONMENT is development: production checks of the settings are off."))
    elif settings.proxy_hops == 0:
        found.append((Level.WARNING, "PROXY_HOPS is 0: put a buffering proxy in front, against slow clients."))
    return found or [(Level.OK, "The settings are fit for production.")]


def sqlite_finding() -> Finding:
    """Does this SQLite have the fix of the bug that can corrupt a database when its log is reset?"""
    version = pysqlite3.sqlite_version
    if sqlite_is_safe(tuple(int(part) for part in version.split("."))):
        return Level.OK, f"SQLite {version} has the fix of the WAL-reset bug."
    return Level.RED, f"SQLite {version} can corrupt the database; install the locked requirements."


def _application_findings(app: Flask, settings: Settings) -> list[Finding]:
    with app.app_context():
        found = [sqlite_finding(), _of(check_database(runtime().reader))]
        if found[-1][0] is Level.OK:
            found.append(_of(check_migrations(PROJECT_ROOT / "migrations")))
            if found[-1][0] is Level.OK:
                found += [_log_finding(), _checkpoint_finding(settings), *_worker_findings(), _clock_finding()]
        return [*found, _storage_finding(), _disk_finding(Path(settings.instance_path))]


def _of(check: Check) -> Finding:
    return (Level.OK if check.ok else Level.RED), check.text


def _log_finding() -> Finding:
    log = StoredLog()
    finding = verify(log, log.head).finding
    if finding is None:
        return Level.OK, "The hash chain of the change log is whole."
    return Level.RED, finding.sentence()


def _checkpoint_finding(settings: Settings) -> Finding:
    """Is there a key to sign the log with, and was that done lately?"""
    try:
        has_key = signing_key(settings) is not None
    except BadKeyError as error:
        return Level.RED, f"The key that signs checkpoints is none: {error}."
    newest, lines = newest_checkpoint(), read_heads(runtime().reader).sequence
    if not has_key:
        return Level.WARNING, "No key signs checkpoints of the change log: python -m cms init"
    if newest is None:
        return (
            Level.WARNING if lines else Level.OK
        ), "No checkpoint of the change log was signed yet: is a worker running?"
    age = clock.now() - newest.signed_at
    hours = f"{age.total_seconds() / 3600:.0f} h"
    sentence = (
        f"The newest checkpoint is {hours} old and covers {newest.sequence} of {lines} lines; keep copies elsewhere."
    )
    is_late = lines > newest.sequence and age > OLDEST_CHECKPOINT
    return (Level.WARNING if is_late else Level.OK), sentence


def _worker_findings() -> list[Finding]:
    newest = read_heads(runtime().reader).sequence
    with rolled_back():
        positions = session.scalars(select(ConsumerPosition).order_by(ConsumerPosition.name)).all()
    if not positions:
        return [(Level.WARNING, "No worker has run yet: python -m cms worker")]
    return [_position_finding(position, newest) for position in positions]


def _position_finding(position: ConsumerPosition, newest: int) -> Finding:
    behind = newest - position.sequence
    if behind and clock.now() - position.moved_at > WORKER_SILENCE:
        return Level.RED, f"`{position.name}` is {behind} lines behind and stands still: is a worker running?"
    return Level.OK, f"`{position.name}` is at line {position.sequence} of {newest}."


def _clock_finding() -> Finding:
    """Compare this machine's clock with PostgreSQL's; SQLite has none of its own."""
    if session.get_bind().dialect.name != "postgresql":
        return Level.OK, "The database shares this machine's clock."
    try:
        with rolled_back():
            theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    except SQLAlchemyError:
        return Level.RED, "The database did not tell the time."
    skew = abs(theirs - clock.now())
    level = Level.RED if skew > LARGEST_SKEW else Level.OK
    return level, f"This machine's clock and the database's differ by {skew.total_seconds():.1f} s."


def _storage_finding() -> Finding:
    """Write a few bytes and take them away again: that reading works says nothing about writing."""
    storage, content = runtime().storage, secrets.token_bytes(16)
    digest = hashlib.sha256(content).hexdigest()
    probe = storage.incoming / f"doctor-{digest}"
    try:
        storage.incoming.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(content)
        storage.put(probe, digest)
        storage.delete(digest)
    except (OSError, Unavailable) as error:
        return Level.RED, f"The file storage cannot be written: {error}."
    finally:
        probe.unlink(missing_ok=True)
    return Level.OK, "The file storage takes and gives up files."


def _disk_finding(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    sentence = f"{usage.free / GIGABYTE:.1f} GiB are free in {folder}."
    if usage.free < NO_ROOM:
        return Level.RED, sentence
    return (Level.WARNING if usage.free < LITTLE_ROOM else Level.OK), sentence
