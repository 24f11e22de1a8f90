"""`serve`: the production web server."""

from __future__ import annotations

import click

from cms.cli.application import application, settings_for
from cms.cli.before_start import refuse_unless_ready
from cms.cli.processes import serve


@click.command("serve")
@click.option("--host", help="Address to listen on (HOST).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on (PORT).")
@click.option("--worker/--no-worker", default=False, help="Start the background worker beside it (one small server).")
@click.option("--streams/--no-streams", default=False, help="Start the process for waiting readers beside it.")
def command(host: str | None, port: int | None, worker: bool, streams: bool) -> None:
    """Start the web server for production.

    Granian with the same configuration as `run`, but it neither migrates nor loads anything, and it refuses to start
    when a setting is unsafe or the database is not on the newest migration.
    """
    settings = settings_for(host, port)
    app = application(settings)
    refuse_unless_ready(app, settings)
    serve(app, settings, with_worker=worker, with_streams=streams)
