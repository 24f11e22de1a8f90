"""What every server does before it starts. Without the web server, whose library takes 4 MB that a worker does not need."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

import click
from flask import Flask

from cms.cli.doctor.database import startup_findings
from cms.cli.doctor.findings import Level
from config import Settings


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
