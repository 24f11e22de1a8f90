"""`epoch`: begins a new epoch of the database."""

from __future__ import annotations

import click

from cms.changes.seen_positions import seen_positions
from cms.changes.services import renew_epoch
from cms.cli.application import application, operator
from cms.cli.failures import ready
from cms.cli.reasons import reason_option


@click.group("epoch")
def command() -> None:
    """Say that the database was restored by other means than `restore`."""


@command.command("renew")
@reason_option("What was done, for the log: which backup, by which program.")
def renew(reason: str) -> None:
    """Begin another epoch after a restore by pg_restore or a snapshot, and let the servers work again."""
    with ready(application()):
        seen_positions().accept()
        place = renew_epoch(operator(), f"renewed: {reason}"[:200])
    click.echo(f"Epoch {place.epoch} begins with line {place.sequence} of the log.")
