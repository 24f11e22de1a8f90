"""`worker`: the background process."""

from __future__ import annotations

import click

from cms.cli.application import application
from cms.worker import run_worker


@click.command("worker")
def command() -> None:
    """Start only the background worker; several may run."""
    run_worker(application())
