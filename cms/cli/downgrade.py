"""`downgrade`: the way back to an older release whose code cannot work with the database as it is."""

from __future__ import annotations

import click

from cms.cli.application import application
from cms.cli.migrating import downgrade_database


@click.command("downgrade")
@click.argument("revision")
def command(revision: str) -> None:
    """Take the migrations after REVISION back, with the code that knows them; what they added is lost.

    Needed only when one of them `stops` older code: an older release works with a newer database else. Servers of the code
    that knows those steps answer 503 from now on.
    """
    with application().app_context():
        downgrade_database(revision)
    click.echo(f"The database is on migration {revision}.")
