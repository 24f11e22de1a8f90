"""The application and the actor that commands work with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo

from cms.application import create_app
from cms.core.permissions import Actor, Role
from config import ConfigurationError, Settings, port_after


def application(settings: Settings | None = None) -> Flask:
    """The application: the one that `flask` has loaded, or a new one. Ends the command when the settings are unsafe."""
    context = click.get_current_context(silent=True)
    info = context.find_object(ScriptInfo) if context is not None and settings is None else None
    try:
        return info.load_app() if info is not None else create_app(settings)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None


def settings_for(host: str | None, port: int | None) -> Settings:
    """The settings of the environment, overridden by the command line."""
    try:
        settings = Settings.from_environ()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    chosen = replace(settings, host=host or settings.host, port=port or settings.port)
    if settings.public_url == settings.local_url:
        chosen = replace(chosen, public_url=chosen.local_url)
    if settings.streams_port == port_after(settings.port):
        chosen = replace(chosen, streams_port=port_after(chosen.port))
    return chosen


def settings_below(folder: Path) -> Settings:
    """The settings of the environment, but with an embedded database and a storage of their own below `folder`."""
    own = replace(settings_for(None, None), instance_path=str(folder.resolve()), database_url="", storage_url="")
    return own.completed()


def make_instance_folder(settings: Settings) -> None:
    """The folder for the embedded database and for what this node keeps, for its own account only."""
    Path(settings.instance_path).mkdir(mode=0o700, parents=True, exist_ok=True)


def operator() -> Actor:
    """The actor on the command line: a user who may start it can change everything anyway."""
    return Actor(id=None, label="command line", roles=frozenset({(Role.ADMIN, None)}))
