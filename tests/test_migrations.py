"""Migrations: one line, the same tables as the models, and up, down and up again with data in every table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Table, inspect, select

from cms.application import create_app
from cms.core.db import Base, db
from cms.core.types import EpochMicros, UTCDateTime
from config import PROJECT_ROOT, Settings
from tests.conftest import NOW
from tests.database import own_database

# `schema_state` says on which step the database is, as `alembic_version` does: it changes with every step.
TABLES = [table for table in Base.metadata.sorted_tables if table.name != "schema_state"]
SCRIPTS = ScriptDirectory(str(PROJECT_ROOT / "migrations"))
MADE_BY_MIGRATIONS = {"change_head", "installation"}
"""Tables of one row that must be there before anything is written."""
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


@pytest.fixture
def empty_app(environment: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own that has no table yet."""
    with own_database(tmp_path, "migrations") as url:
        yield from _app(environment, url)


def _app(environment: dict[str, str], url: str) -> Iterator[Flask]:
    app = create_app(Settings.from_environ({**environment, "DATABASE_URL": url}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_form_one_line_with_numbers_in_order() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


def test_models_and_migrations_describe_the_same_tables(empty_app: Flask) -> None:
    upgrade()

    with db.engine.connect() as connection:
        # Each database keeps the words of the search index in its own way; tests/search holds what they do.
        opts = {"compare_type": True, "compare_server_default": True, "include_name": _has_model}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def _has_model(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and (name == "search_words" or (name or "").startswith("search_words_")))


@pytest.mark.slow
def test_data_survives_everything_that_goes_down_and_up_again(empty_app: Flask) -> None:
    """Each step is undone and repeated while every table that it leaves alone holds rows."""
    upgrade()
    with db.engine.connect().execution_options(writes=True) as connection:
        _fill(connection)
        connection.commit()
    everything = _content()
    assert all(everything.values()), "a table without rows proves nothing"

    for revision, below in zip(REVISIONS[::-1], [*REVISIONS[-2::-1], "base"], strict=True):
        downgrade(revision=below)
        kept = _content()
        assert kept == _narrowed(everything, kept), f"{revision} down"
        everything = kept
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}

    upgrade()
    with db.engine.connect().execution_options(writes=True) as connection:
        _fill(connection)
        connection.commit()
    assert all(_content().values())


@pytest.mark.slow
def test_the_newest_migration_goes_down_and_up_with_the_rows_of_all_other_tables(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect().execution_options(writes=True) as connection:
        _fill(connection)
        connection.commit()

    downgrade(revision="-1")
    before = _content()
    upgrade()

    after = _content()
    assert _narrowed(after, before) == before
    assert [
        name for name, rows in after.items() if name not in before and rows and name not in MADE_BY_MIGRATIONS
    ] == []


def _content() -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that there is now, with the columns that there are."""
    with db.engine.connect() as connection:
        inspector = inspect(connection)
        present = set(inspector.get_table_names())
        found = {}
        for table in TABLES:
            if table.name in present:
                names = {column["name"] for column in inspector.get_columns(table.name)}
                columns = select(*(column for column in table.columns if column.name in names))
                found[table.name] = sorted(map(dict, connection.execute(columns).mappings()), key=repr)
        return found


def _narrowed(content: dict[str, list[dict[str, Any]]], to: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """`content` without the tables and columns that `to` has not."""
    return {
        name: [{key: row[key] for key in to[name][0]} if to[name] else row for row in rows]
        for name, rows in content.items()
        if name in to
    }


def _fill(connection: Connection) -> None:
    """One row per table, parents first; foreign keys take the value of the row they point to."""
    made: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        row = {column.name: _value(column, made) for column in table.columns}
        if not connection.execute(select(table)).first():
            connection.execute(table.insert(), row)
        made[table.name] = dict(connection.execute(select(table)).mappings().one())


def _value(column: Column[Any], made: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        parent: Table = key.column.table
        if parent is column.table:
            return None
        return made[parent.name][key.column.name]
    if isinstance(column.type, (UTCDateTime, EpochMicros, DateTime)):
        return datetime(2026, 11, 24, 1, 2, 3, 456_789, tzinfo=UTC) if column.name != "recorded_at" else NOW
    if isinstance(column.type, Date):
        return date(2026, 11, 24)
    if isinstance(column.type, Boolean):
        return True
    return _plain_value(column)


def _plain_value(column: Column[Any]) -> Any:
    kind = column.type.python_type
    if kind is int:
        return 1
    if kind is bytes:
        return b"\x00\xff"
    if kind is str:
        return f"é-{column.name}"[: getattr(column.type, "length", None) or 100]
    return {"ключ": ["値", None, 1.5]}
