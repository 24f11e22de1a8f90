"""Does the database answer, and does it fit this code?"""

from __future__ import annotations

from collections.abc import Iterator

import pysqlite3

from cms.cli.doctor.findings import Finding, Level, ok, red, warning
from cms.core.engines import sqlite_is_safe
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from cms.health.agreement import ON_PURPOSE, disagreements
from cms.health.checks import Check, check_database, check_migrations
from config import PROJECT_ROOT, Settings


def startup_findings(settings: Settings) -> list[Finding]:
    """What must hold before a production server starts; needs an application context."""
    found = [*check_sqlite(settings), *check_database_answers(settings)]
    if check_database(runtime().reader).ok:
        found += check_newest_migration(settings)
    return found if any(finding.level is Level.RED for finding in found) else [*found, *check_agreement(settings)]


def check_agreement(_settings: Settings) -> Iterator[Finding]:
    """Does this node have the shared settings of the installation, and is its storage the one that was set up?"""
    try:
        found = disagreements()
    except Unavailable:
        yield warning("The file storage does not answer: whether it is the right one was not seen.")
        return
    yield from (red(f"{sentence} {ON_PURPOSE}") for sentence in found)
    if not found:
        yield ok("This node agrees with the installation: secret, address, signing key, file storage.")


def check_sqlite(_settings: Settings) -> Iterator[Finding]:
    """Does this SQLite have the fix of the bug that can corrupt a database when its log is reset?"""
    version = pysqlite3.sqlite_version
    if sqlite_is_safe(tuple(int(part) for part in version.split("."))):
        yield ok(f"SQLite {version} has the fix of the WAL-reset bug.")
    else:
        yield red(f"SQLite {version} can corrupt the database; install the locked requirements.")


def check_database_answers(_settings: Settings) -> Iterator[Finding]:
    """Does the database answer?"""
    yield _finding(check_database(runtime().reader))


def check_newest_migration(_settings: Settings) -> Iterator[Finding]:
    """Is the database on the newest migration of this code?"""
    yield _finding(check_migrations(PROJECT_ROOT / "migrations"))


def _finding(check: Check) -> Finding:
    return ok(check.text) if check.ok else red(check.text)
