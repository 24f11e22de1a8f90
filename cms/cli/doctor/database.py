"""Does the database answer, and does it fit this code?"""

from __future__ import annotations

from collections.abc import Iterator

import pysqlite3

from cms.cli.doctor.findings import Finding, ok, red
from cms.core.engines import sqlite_is_safe
from cms.core.runtime import runtime
from cms.health.checks import Check, check_database, check_migrations
from config import PROJECT_ROOT, Settings


def startup_findings(settings: Settings) -> list[Finding]:
    """What must hold before a production server starts; needs an application context."""
    found = [*check_sqlite(settings), *check_database_answers(settings)]
    return [*found, *check_newest_migration(settings)] if check_database(runtime().reader).ok else found


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
