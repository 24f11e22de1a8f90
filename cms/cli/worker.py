"""`worker`: the background process."""

from __future__ import annotations

from pathlib import Path

import click

from cms.cli.application import application
from cms.cli.before_start import refuse_unless_ready
from cms.core.metrics import share
from cms.worker import run_worker


@click.command("worker")
def command() -> None:
    """Start only the background worker; several may run."""
    app = application()
    refuse_unless_ready(app, app.extensions["simpul"].settings)
    share(Path(app.instance_path))
    run_worker(app)
