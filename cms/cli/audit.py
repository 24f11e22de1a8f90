"""`audit`: proofs about the change log."""

from __future__ import annotations

import click

from cms.changes.log import broken_at
from cms.cli.application import application
from cms.cli.failures import ready


@click.group("audit")
def command() -> None:
    """Prove that the change log was not altered."""


@command.command("verify")
def verify() -> None:
    """Follow the hash chain through the whole log; exit code 1 and the first bad line when it is broken."""
    with ready(application()):
        sequence = broken_at()
    if sequence is not None:
        raise click.ClickException(f"The change log is altered or incomplete at line {sequence}.")
    click.echo("The change log is whole.")
