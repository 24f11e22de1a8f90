"""`serve`: the production web server."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

import click
from flask import Flask

from cms.cli.application import application, settings_for
from cms.cli.doctor.database import startup_findings
from cms.cli.doctor.findings import Level
from cms.cli.processes import serve
from config import Settings


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


def refuse_unless_ready(app: Flask, settings: Settings) -> None:
    """End the command with what is wrong.

    Checked in a process of its own: the client of S3 has threads, and once they run, forked processes cannot use it.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    looking = context.Process(target=_look, args=(app, settings, sender))
    looking.start()
    sender.close()
    try:
        faults: list[str] = receiver.recv()
    except EOFError:
        faults = ["The checks before the start did not end."]
    looking.join()
    if faults:
        raise click.ClickException(" ".join(faults))


def _look(app: Flask, settings: Settings, sender: Connection) -> None:
    with app.app_context():
        sender.send([found.sentence for found in startup_findings(settings) if found.level is Level.RED])
