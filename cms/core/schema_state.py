"""Which code may work with the database now: a newer schema need not stop a server, a migration under way may.

Migrations are numbered in one line. Each file says in `running_servers` what its step means to servers that still run the
code from before it: `compatible`, they go on; or `stops`, they must not touch the database while it runs nor after it. The
one row of `schema_state` keeps the newest step that stops, for code that does not have its file, and the step for which the
database is closed at this moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, SmallInteger, String, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model, rolled_back, session
from cms.core.errors import Unavailable

RETRY_SECONDS: Final = 10
# How often a running process looks, and how long a step that stops waits for all of them to have looked.
LOOK_SECONDS: Final = 1.0
_READ = text("SELECT v.version_num, s.oldest, s.closed_for FROM alembic_version v LEFT JOIN schema_state s ON s.id = 1")
_READ_VERSION = text("SELECT version_num FROM alembic_version")


class SchemaState(Model):
    """The one row: the newest step that stops older code, and the step for which the database is closed now."""

    __tablename__ = "schema_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    oldest: Mapped[str] = mapped_column(String(32))
    closed_for: Mapped[str | None] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class Schema:
    """The state of the database: its newest step, the oldest code that may use it, and the step for which it is closed."""

    version: str
    oldest: str
    closed_for: str | None = None

    def fault(self, newest: str) -> str | None:
        """Why code whose newest step is `newest` may not use the database, in one sentence; None when it may."""
        if self.closed_for is not None:
            return f"The database is closed while it is brought to migration {self.closed_for}."
        if self.version < newest:
            return f"The database is on migration {self.version}, this code needs {newest}: python -m cms init"
        if newest < self.oldest:
            return (
                f"The database is on migration {self.version} and needs code that knows {self.oldest}; "
                f"this code ends at {newest}: update this server."
            )
        return None


def read_schema() -> Schema | None:
    """The state of the database now; None when it was never migrated. Raises `SQLAlchemyError` when none answers."""
    try:
        with rolled_back():
            row = session.execute(_READ).one_or_none()
        return None if row is None else Schema(row[0], row[1] or "", row[2])
    except SQLAlchemyError:
        # A step before the one that made the table, or no step at all.
        with rolled_back():
            version = session.scalar(_READ_VERSION)
        return None if version is None else Schema(version, "")


@cache
def newest_migration(folder: str) -> str:
    """The newest migration that this code has. Raises `RuntimeError` when the folder holds none."""
    newest = ScriptDirectory(folder).get_current_head()
    if newest is None:
        raise RuntimeError(folder)
    return newest


class SchemaWatch:
    """What a running process knows of the schema: looked up every second by its tasks, asked by every request.

    `missing` returns what the tables lack for this process's content types; it is called until they lack nothing.
    """

    def __init__(self, migrations: str, missing: Callable[[], str | None]) -> None:
        self._migrations = migrations
        self._missing = missing
        self._is_whole = False
        self.fault: str | None = None

    def look(self) -> bool:
        """Read the schema; True when this process may use the database. A database that does not answer changes nothing."""
        try:
            schema = read_schema()
            self.fault = None if schema is None else self._fault(schema)
        except (SQLAlchemyError, Unavailable):
            return self.fault is None
        return self.fault is None

    def _fault(self, schema: Schema) -> str | None:
        fault = schema.fault(newest_migration(self._migrations))
        if fault is None and not self._is_whole:
            fault = self._missing()
            self._is_whole = fault is None
        return fault

    def admit(self) -> None:
        """Raises `Unavailable` while this process may not use the database."""
        if self.fault is not None:
            raise Unavailable("updating", headers={"Retry-After": str(RETRY_SECONDS)})
