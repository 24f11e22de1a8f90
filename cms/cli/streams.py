"""`streams`: the process in which readers wait for changes."""

from __future__ import annotations

from pathlib import Path

import click

from cms.cli.application import application
from cms.cli.before_start import refuse_unless_ready
from cms.cli.processes import ensure_port_is_free
from cms.core.metrics import share
from cms.streams.process import be_streams


@click.command("streams")
def command() -> None:
    """Start only the process in which readers wait for changes: long polls and streams of events."""
    app = application()
    settings = app.extensions["simpul"].settings
    if not settings.streams_most:
        raise click.ClickException("STREAMS_MOST=0: nobody may wait for changes here.")
    refuse_unless_ready(app, settings)
    ensure_port_is_free(settings.host, settings.streams_port, "STREAMS_PORT")
    share(Path(app.instance_path))
    be_streams(app)
