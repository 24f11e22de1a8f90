"""`audit`: the keys that sign checkpoints, and their replacement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cms.changes.checkpoints import key_in_force
from cms.changes.key_succession import Succession, read_successions, replaced_by, successors
from cms.changes.services import make_checkpoint, replace_checkpoint_key
from cms.changes.signing import FILE_NAME, NEXT_FILE_NAME, SigningKey, key_id_of, needed_signing_key, read_key
from cms.cli.application import operator
from cms.cli.proving import NotDone, provable
from cms.core.runtime import runtime
from cms.health.services import note_signing_key

NOT_REACHED = 1


@click.command("public-key")
def public_key() -> None:
    """Print the key that checkpoints of this server are checked with, and its id."""
    with provable():
        key = needed_signing_key(runtime().settings)
    click.echo(f"{key.public_key}  {key.key_id}")


@click.command("keys")
@click.option("--from", "noted", help="A public key that was noted elsewhere: does it lead to the one of this server?")
def show_keys(noted: str | None) -> None:
    """Print the keys that have signed checkpoints, oldest first, with the lines at which each took its place.

    With --from the exit code is 1 when no chain of signatures leads from that key to the one that this server signs with.
    """
    with provable():
        own, changes = needed_signing_key(runtime().settings).public_key, read_successions()
    for change in changes:
        click.echo(f"{change.old_public_key}  {key_id_of(change.old_public_key)}  until line {change.sequence - 1}")
    click.echo(f"{own}  {key_id_of(own)}  {'replaced' if replaced_by(own, changes) else 'signs now'}")
    if noted is None:
        return
    with provable():
        key_id = key_id_of(noted)
    if own not in successors([noted], changes):
        click.echo(f"Error: No signature of {key_id} leads to the key of this server.", err=True)
        raise SystemExit(NOT_REACHED)
    click.echo(f"{key_id} leads to the key of this server.")


@click.command("rotate-key")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="New file for the private key, where the present one comes from AUDIT_SIGNING_KEY.",
)
def rotate_key(out: Path | None) -> None:
    """Let a new key sign checkpoints from now on; what the old one has signed goes on counting.

    The log is proved and signed with the old key first. Then both keys sign that the new one takes its place.
    """
    with provable():
        settings = runtime().settings
        if bool(settings.audit_signing_key) != (out is not None):
            raise NotDone(
                "--out FILE is needed where AUDIT_SIGNING_KEY gives the key, and only there: set it to what FILE holds then."
            )
        folder = Path(settings.instance_path)
        place = out or folder / NEXT_FILE_NAME
        made, line = _interrupted(place, read_successions()) or _replace(place)
        if out is None:
            place.replace(folder / FILE_NAME)
        note_signing_key(made.key_id)
    click.echo(f"Line {line} of the log: {made.key_id} signs checkpoints from now on.")
    click.echo(f"{made.public_key}  {made.key_id}")
    if out is not None:
        click.echo(f"Set AUDIT_SIGNING_KEY to what {out} holds, restart, and remove the file.")


def _interrupted(place: Path, changes: Sequence[Succession]) -> tuple[SigningKey, int] | None:
    """Complete a change that was written to the log but whose key file was not put in place."""
    if not place.exists():
        return None
    waiting = read_key(place)
    change = replaced_by(needed_signing_key(runtime().settings).public_key, changes)
    if change is not None and change.public_key == waiting.public_key:
        return waiting, change.sequence
    if place.name != NEXT_FILE_NAME:
        raise NotDone(f"{place} is there already.")
    place.unlink()
    return None


def _replace(place: Path) -> tuple[SigningKey, int]:
    old, new = key_in_force(), SigningKey.generate()
    make_checkpoint()
    try:
        new.keep(place)
    except OSError as error:
        raise NotDone(f"{place} cannot be written: {error.strerror}.") from None
    return new, replace_checkpoint_key(operator(), old, new).sequence
