"""What was erased after a backup was made: gathered before the database is replaced, erased again behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from cms.changes.trust import accepting_clock
from cms.cli.application import operator, settings_for
from cms.core.db import rolled_back
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from cms.erasures.ledger import BadLedgerError, Entry, add_to_ledger, entry_of, ledger_path, merged, read_ledger
from cms.erasures.queries import list_carried_out
from cms.erasures.tasks import apply_ledger

NONE_KNOWN = (
    "No ledger of erasures was found here: what was erased after the backup is back. If there is one elsewhere, restore again with "
    "--erasures FILE."
)


def gather_erasures(given: Sequence[Path], *, is_filled: bool) -> list[Entry]:
    """All that is known: from ledgers that were given, those of this node, and the database that is about to be replaced.

    Written into the ledger of this node at once, so that a restore that is cut off finds it again. Ends the command for a file that
    is no ledger.
    """
    settings = runtime().settings
    paths = [*given, ledger_path(settings), ledger_path(settings_for(None, None))]
    try:
        entries = merged(*(read_ledger(path) for path in paths), _of_database() if is_filled else ())
    except BadLedgerError as error:
        raise click.ClickException(f"{error} Nothing was changed.") from None
    add_to_ledger(ledger_path(settings), entries)
    return entries


def _of_database() -> Iterable[Entry]:
    """Those of the database that is replaced; it may be damaged, empty or older than this table."""
    try:
        with rolled_back():
            return [entry_of(erasure) for erasure in list_carried_out()]
    except (SQLAlchemyError, Unavailable):
        click.echo(
            "The erasures of the database that is replaced cannot be read: the ledger of this node counts.", err=True
        )
        return []


def erase_what_came_back(entries: Sequence[Entry], backup: str) -> None:
    """Erase again what the restored backup has brought back."""
    if not entries:
        click.echo(NONE_KNOWN)
        return
    with accepting_clock():
        applied = apply_ledger(operator(), entries, backup)
    click.echo(
        f"The ledger names {len(entries)} erasures; {applied} of them came after the backup and were carried out again."
    )
