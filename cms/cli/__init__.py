"""The command line. Each command is a module, loaded when it is called, so that the server does not load the others."""

from __future__ import annotations

import os
from functools import partial
from importlib import import_module

import click

from cms.core.collection import no_collection

OWNER_ONLY = 0o077
# Module of each command and the line that the list of commands shows of it.
COMMANDS = {
    "audit": ("cms.cli.audit", "Prove that the change log, and what readers get, was not altered."),
    "backup": ("cms.cli.backup", "Copy the database and the files into a folder, while the server runs."),
    "clock": ("cms.cli.clock", "Accept the clock of this server after it was refused."),
    "demo": ("cms.cli.demo", "Load the demonstration city into an empty database."),
    "doctor": ("cms.cli.doctor.command", "Say what is wrong with this installation."),
    "moderation": ("cms.cli.moderation", "Reset breakers and lift freezes, as the second person of a small city."),
    "downgrade": ("cms.cli.downgrade", "Take migrations back, for an older release."),
    "epoch": ("cms.cli.epoch", "Say that the database was restored by other means."),
    "init": ("cms.cli.init", "Migrate the database and add the reference data."),
    "key": ("cms.cli.key", "Make delivery keys for websites and apps."),
    "openapi": ("cms.cli.openapi", "Write or check docs/openapi.json."),
    "restore": ("cms.cli.restore", "Put a backup in place and prove what is there."),
    "run": ("cms.cli.run", "Start everything on this machine, with the demonstration city."),
    "search": ("cms.cli.search", "Write the search index anew, while the server runs."),
    "serve": ("cms.cli.serve", "Start the web server for production."),
    "signing-keys": ("cms.cli.signing_keys", "Change the key that signs tokens, without signing anybody out."),
    "streams": ("cms.cli.streams", "Start the process in which readers wait for changes."),
    "user": ("cms.cli.user", "Add people who may sign in."),
    "worker": ("cms.cli.worker", "Start the background worker."),
}


class CommandFolder(click.Group):
    """A group whose commands are the modules of COMMANDS; each has its click command as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        with no_collection():
            command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in sorted(COMMANDS.items())])


@click.group("cms", cls=CommandFolder)
@click.pass_context
def commands(context: click.Context) -> None:
    """Operate Simpul: set up, run, look after people and keys, and check.

    Every setting is an environment variable (docs/operations.md).
    """
    # Database, files and secrets are for the account that runs Simpul: no other account of the machine may read drafts.
    context.call_on_close(partial(os.umask, os.umask(OWNER_ONLY)))
