"""Doing to a log what the database refuses: with its triggers out of the way, as somebody who owns the database could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from cms.core.db import db

GUARDED = ("changes", "checkpoints")


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """No trigger fires on this connection; on SQLite they are taken away and put back in the same transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        yield
        connection.execute(text("SET session_replication_role = origin"))
        return
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _sql in triggers:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)


def tamper(*statements: str) -> None:
    """Run these statements on the database of the current application, past the triggers."""
    with db.engine.connect().execution_options(writes=True) as connection:
        with unguarded(connection):
            for statement in statements:
                connection.execute(text(statement))
        connection.commit()
