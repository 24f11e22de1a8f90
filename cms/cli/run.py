"""`run`: everything on one machine, for trying Simpul out and for developing with it."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import click
from flask import Flask

from cms.cli.application import application, settings_for
from cms.cli.banner import banner
from cms.cli.beside import SHORT_GRACE_SECONDS
from cms.cli.clock import accept_on_a_trial
from cms.cli.demo_city.secrets_file import UNFINISHED, read_secrets, write_secrets
from cms.cli.migrating import is_current
from cms.cli.processes import ensure_port_is_free, serve
from cms.core.runtime import runtime
from cms.publishing.reading import Publications
from config import PROJECT_ROOT, Settings


@click.command("run")
@click.option("--host", help="Address to listen on (HOST).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on (PORT, 8000).")
def command(host: str | None, port: int | None) -> None:
    """Start web server, worker and the process for waiting readers together; Ctrl-C stops all.

    Migrates the database, loads the demonstration city when it is empty (not in production), and tells how to sign in and
    call the API. The production command is `serve`.
    """
    settings = settings_for(host, port)
    ensure_port_is_free(settings.host, settings.port)
    app = application(settings)
    with app.app_context():
        if not _is_ready(settings):
            _prepare(settings)
        if settings.environment != "production":
            accept_on_a_trial()
        _note_address(settings)
    greet = partial(_greet, app, settings)
    serve(app, settings, with_worker=True, with_streams=True, grace_seconds=SHORT_GRACE_SECONDS, when_ready=greet)


def _is_ready(settings: Settings) -> bool:
    """True when the database is current and in use already."""
    if not is_current() or (Path(settings.instance_path) / UNFINISHED).exists():
        return False
    return bool(
        runtime().reader.rows("SELECT 1 WHERE EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM items)", {})
    )


def _prepare(settings: Settings) -> None:
    """Run `demo` (in production `init`) as a process of its own: its modules would stay in the server's memory."""
    name = "init" if settings.environment == "production" else "demo"
    click.echo("Preparing the database ...")
    finished = subprocess.run([sys.executable, "-m", "cms", name], cwd=PROJECT_ROOT, check=False)  # noqa: S603 - our own command
    if finished.returncode:
        raise SystemExit(finished.returncode)


def _note_address(settings: Settings) -> None:
    """Write the address of this start to demo.json, where scripts read it."""
    instance = Path(settings.instance_path)
    secrets = read_secrets(instance)
    if secrets is not None and secrets.base_url != settings.local_url:
        secrets.base_url = settings.local_url
        write_secrets(instance, secrets)


def _greet(app: Flask, settings: Settings) -> None:
    publications: Publications = app.extensions["simpul_delivery"].publications
    click.echo(banner(settings, read_secrets(Path(settings.instance_path)), publications))
