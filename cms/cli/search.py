"""`search`: looks after the search index."""

from __future__ import annotations

import click

from cms.cli.application import application
from cms.cli.failures import ready
from cms.search.queries import count_items
from cms.search.tasks import rebuild_index


@click.group("search")
def command() -> None:
    """Look after the search index."""


@command.command("rebuild")
def rebuild() -> None:
    """Write the search index anew, while Simpul runs.

    Needed after an upgrade that finds other words in texts, and harmless at any time: search goes on, and what is published meanwhile is
    found. Interrupted, begin again.
    """
    with ready(application()), click.progressbar(length=count_items(), label="Indexing") as shown:
        done = rebuild_index(lambda done: shown.update(done - shown.pos))
    click.echo(f"Indexed {done} published items.")
