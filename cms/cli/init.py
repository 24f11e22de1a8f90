"""`init`: an empty database becomes one that agencies can work with."""

from __future__ import annotations

from functools import partial

import click

from cms.agencies.services import seed_agencies
from cms.changes.signing import make_signing_key
from cms.cli.application import application, make_instance_folder
from cms.cli.failures import told
from cms.cli.migrating import migrate_database, patiently
from cms.core.permissions import system_actor
from cms.core.runtime import runtime
from cms.health.agreement import ON_PURPOSE, SIGNING_KEY, Disagreement, is_noted
from cms.health.services import agree
from cms.taxonomy.services import seed_taxonomy


@click.command("init")
@click.option(
    "--changed", is_flag=True, help="SECRET_KEY, PUBLIC_URL or the storage was changed on purpose: note the new ones."
)
def command(changed: bool) -> None:
    """Migrate the database and add the city's agencies, areas, categories and kinds of information.

    What is there already stays as it is. Servers may be running: this command waits for its turn to write. Before a
    migration that stops servers of older code it says so, and they answer 503 until they are updated.
    """
    with application().app_context(), told():
        make_instance_folder(runtime().settings)
        migrated = migrate_database()
        added = patiently(partial(seed_city, changed=changed))
        set_up(changed=changed)
    click.echo(
        f"{'Migrated the database' if migrated else 'The database is current'}; {added} rows of reference data added."
    )


def set_up(*, changed: bool = False) -> None:
    """Mark a new file storage and note what all nodes must have in common. Ends the command when this node differs."""
    try:
        patiently(partial(agree, changed=changed))
    except Disagreement as error:
        raise click.ClickException(" ".join([*error.sentences, ON_PURPOSE])) from None


def seed_city(*, changed: bool = False) -> int:
    """Add the reference data that is not there yet, and the key that signs the log; returns how many rows that were.

    Where the other nodes have a key none is made, unless it was `changed` on purpose: the node would not start with its own.
    """
    if changed or not is_noted(SIGNING_KEY):
        make_signing_key(runtime().settings)
    actor = system_actor("seed")
    return seed_agencies(actor) + seed_taxonomy(actor)
