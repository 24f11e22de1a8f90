"""The command: runs all checks and prints what they find."""

from __future__ import annotations

import click

from cms.cli.application import application, settings_for
from cms.cli.doctor.backups import check_backup
from cms.cli.doctor.clock import check_clock
from cms.cli.doctor.content import check_content
from cms.cli.doctor.database import check_agreement, check_database_answers, check_newest_migration, check_sqlite
from cms.cli.doctor.dead_letters import check_dead_letters
from cms.cli.doctor.disk import check_disk, check_instance_is_private, check_storage_takes_files
from cms.cli.doctor.erasures import check_erasures
from cms.cli.doctor.files import check_files
from cms.cli.doctor.findings import DoctorCheck, Finding, Level
from cms.cli.doctor.limits import check_redis
from cms.cli.doctor.positions import check_seen_positions
from cms.cli.doctor.processes import check_respawns
from cms.cli.doctor.proxy import check_proxy, check_streams
from cms.cli.doctor.settings import check_settings
from cms.cli.doctor.shared_files import check_files_for_proxy
from cms.cli.doctor.trail import check_chain, check_checkpoint
from cms.cli.doctor.worker import (
    check_followers,
    check_mail,
    check_recogniser,
    check_tasks,
    check_virus_scanner,
    check_waiting_work,
    check_webhooks,
    check_worker,
)
from config import Settings

# A step runs when no earlier one is red, because it depends on them.
STEPS: tuple[tuple[DoctorCheck, ...], ...] = (
    (check_sqlite, check_database_answers),
    (check_newest_migration,),
    (
        check_agreement,
        check_chain,
        check_seen_positions,
        check_content,
        check_checkpoint,
        check_erasures,
        check_worker,
        check_followers,
        check_webhooks,
        check_mail,
        check_virus_scanner,
        check_waiting_work,
        check_tasks,
        check_dead_letters,
        check_backup,
        check_clock,
    ),
)
# These need no database.
ALWAYS: tuple[DoctorCheck, ...] = (
    check_respawns,
    check_recogniser,
    check_proxy,
    check_streams,
    check_storage_takes_files,
    check_files_for_proxy,
    check_redis,
    check_disk,
    check_instance_is_private,
)
MARKS = {Level.OK: ("ok     ", "green"), Level.WARNING: ("warning", "yellow"), Level.RED: ("red    ", "red")}


@click.command("doctor")
@click.option("--files", is_flag=True, help="Also look for every file that a row names in the storage.")
@click.option("--deep", is_flag=True, help="With --files: read each of them and compare its digest.")
def command(files: bool, deep: bool) -> None:
    """Check settings, database, log, storage, worker, disk and clock; exit code 1 when something is red."""
    settings = settings_for(None, None)
    findings = list(check_settings(settings))
    if not _is_red(findings):
        with application().app_context():
            findings += _look(settings)
            if files or deep:
                findings += check_files(deep=deep)
    for finding in findings:
        mark, colour = MARKS[finding.level]
        click.echo(f"{click.style(mark, fg=colour)}  {finding.sentence}")
    if _is_red(findings):
        raise SystemExit(1)


def _look(settings: Settings) -> list[Finding]:
    """The findings of the checks, in an application context."""
    found: list[Finding] = []
    for step in STEPS:
        if not _is_red(found):
            found += [finding for check in step for finding in check(settings)]
    return found + [finding for check in ALWAYS for finding in check(settings)]


def _is_red(findings: list[Finding]) -> bool:
    return any(finding.level is Level.RED for finding in findings)
