"""`signing-keys`: the ring of keys that sign access tokens, preview links, trusted devices and cursors."""

from __future__ import annotations

import click

from cms.accounts.services.signing_keys import rotate_signing_keys
from cms.cli.application import application
from cms.cli.failures import ready
from cms.core.permissions import system_actor
from cms.core.runtime import runtime


@click.group("signing-keys")
def command() -> None:
    """Change the key that signs tokens, without signing anybody out."""


@command.command("list")
def show() -> None:
    """Print the ids of the keys, oldest first."""
    with ready(application()):
        for key in runtime().signing_keys.all():
            until = f"replaced {key.replaced_at:%Y-%m-%d %H:%M} UTC" if key.replaced_at else "signs now"
            click.echo(f"{key.id}  {until}")


@command.command("rotate")
@click.option("--end-old", is_flag=True, help="Accept nothing any more that an earlier key signed (after a leak).")
def rotate(end_old: bool) -> None:
    """Let a new key sign from now on, in every process at once.

    What earlier keys signed goes on working until it expires, so it may be done at any time, beside a running server. With
    --end-old clients fetch new access tokens by themselves; preview links, cursors and trusted devices end.
    """
    with ready(application()):
        made = rotate_signing_keys(system_actor("command line"), ends_older=end_old)
    click.echo(f"{made} signs from now on.")
