"""`init` and `downgrade` as a release with other migrations has them: the folder is the first argument."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cms.application import create_app
from cms.cli.migrating import downgrade_database, migrate_database


@click.command()
@click.argument("migrations", type=click.Path(path_type=Path))
@click.argument("revision", required=False)
def command(migrations: Path, revision: str | None) -> None:
    with create_app().app_context():
        if revision is None:
            migrate_database(migrations)
        else:
            downgrade_database(revision, migrations)


if __name__ == "__main__":
    sys.exit(command())
