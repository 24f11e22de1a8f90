"""`init`: an empty database becomes one that agencies can work with."""

from __future__ import annotations

import click
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from cms.agencies.seed import seed_agencies
from cms.changes.signing import make_signing_key
from cms.cli.application import application
from cms.core.db import db
from cms.core.errors import Unavailable
from cms.core.permissions import system_actor
from cms.core.runtime import runtime
from cms.health.checks import newest_migration, stored_migration
from cms.taxonomy.seed import seed_taxonomy
from config import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "migrations"


@click.command("init")
def command() -> None:
    """Migrate the database and add the city's agencies, areas, categories and kinds of information.

    What is there already stays as it is.
    """
    with application().app_context():
        migrated = migrate_database()
        added = seed_city()
    click.echo(
        f"{'Migrated the database' if migrated else 'The database is current'}; {added} rows of reference data added."
    )


def migrate_database() -> bool:
    """Bring the database to the newest migration; False when it was there already. Ends the command when none answers."""
    if is_current():
        return False
    _reach_database()
    upgrade(directory=str(MIGRATIONS))
    return True


def _reach_database() -> None:
    """A database that is away, or whose folder cannot be written, is no fault of a migration."""
    try:
        with db.engine.connect():
            pass
    except (Unavailable, OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error.__cause__
        reason = str(cause or "no reason was given").partition("\n")[0]
        raise click.ClickException(f"The database does not answer: {reason}") from None


def is_current() -> bool:
    """True when the database is on the newest migration."""
    try:
        return stored_migration() == newest_migration(str(MIGRATIONS))
    except SQLAlchemyError:
        return False


def seed_city() -> int:
    """Add the reference data that is not there yet, and the key that signs the log; returns how many rows that were."""
    make_signing_key(runtime().settings)
    actor = system_actor("seed")
    return seed_agencies(actor) + seed_taxonomy(actor)
