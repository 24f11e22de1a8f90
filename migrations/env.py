"""Alembic environment: runs on the application's engine, on SQLite and PostgreSQL.

`python -m cms init` and `python -m cms downgrade` are the ways to it: they wait for their turn and try again when a running
server is in the way (cms/cli/migrating.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, inspect, text

config = context.config
# Shorter than PostgreSQL's deadlock_timeout (1 s): a step that meets readers crosswise gives up first and is tried again,
# so that no reader is chosen as the victim; and readers who queue behind its lock wait no longer than this.
POSTGRES_LOCK_TIMEOUT = "500ms"
STOPS = "stops"


def run() -> None:
    """Migrate the application's database, one transaction per step."""
    engine = current_app.extensions["migrate"].db.engine
    # A deferred begin that writes later fails at once beside other writers, whatever the time-out.
    with engine.connect().execution_options(writes=True) as connection, _prepared(connection):
        context.configure(
            connection=connection,
            target_metadata=current_app.extensions["migrate"].db.metadata,
            transaction_per_migration=True,
            # Both databases roll DDL back; Alembic only assumes that SQLite does not.
            transactional_ddl=True,
            on_version_apply=note_oldest_code,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _prepared(connection: Connection) -> Iterator[None]:
    """The connection as steps need it; nobody else gets it afterwards."""
    try:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET lock_timeout = '{POSTGRES_LOCK_TIMEOUT}'"))
            connection.execute(text("SET statement_timeout = 0"))
            connection.connection.dbapi_connection.silence_seconds = math.inf
            connection.commit()
            # A large table may take long to be indexed: silence is no fault here.
            connection.connection.dbapi_connection.silence_seconds = math.inf
        else:
            # Batch mode copies and drops tables; with foreign keys on, the drop would cascade. Outside of a transaction.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        yield
    finally:
        connection.invalidate()


def note_oldest_code(*, ctx: Any, step: Any, **_more: Any) -> None:
    """In the transaction of each step: the newest step that stops running servers, for code that does not have its file."""
    if not inspect(ctx.connection).has_table("schema_state"):
        return
    here = step.up_revision_id if step.is_upgrade else step.down_revision_ids[0]
    taken = ScriptDirectory.from_config(config).iterate_revisions(here, "base")
    stopping = [script.revision for script in taken if script.module.running_servers == STOPS]
    ctx.connection.execute(text("UPDATE schema_state SET oldest = :oldest"), {"oldest": max(stopping, default="0001")})


run()
