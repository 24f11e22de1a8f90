"""Alembic environment: runs on the application's engine, on SQLite and PostgreSQL."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

config = context.config
ADVISORY_LOCK = 7_305_418_402


def run() -> None:
    """Migrate the application's database, one transaction per step."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            _wait_in_turn(connection)
        else:
            # Batch mode copies and drops tables; with foreign keys on, the drop would cascade (M-19).
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=current_app.extensions["migrate"].db.metadata,
            transaction_per_migration=True,
            # Both databases roll DDL back; Alembic only assumes that SQLite does not.
            transactional_ddl=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.commit()


def _wait_in_turn(connection: Connection) -> None:
    """Several nodes may start at once: one migrates, the others wait; a blocked table lock gives up instead of queueing."""
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.commit()


run()
