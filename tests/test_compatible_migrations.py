"""A migration that says `compatible` only adds: what it does is read from the statements that it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, text

from cms.core.db import db
from tests.test_migrations import SCRIPTS, empty_app

__all__ = ["empty_app"]

STEPS = {script.revision: script.module for script in SCRIPTS.walk_revisions()}
VERSION = re.compile(r"(?:INSERT INTO|UPDATE) alembic_version .*?'(\d{4})'", re.DOTALL)
HARMLESS = re.compile(
    r"BEGIN|SELECT|SET|PRAGMA|INSERT INTO|CREATE TABLE|CREATE VIRTUAL TABLE|CREATE INDEX|CREATE FUNCTION|UPDATE schema_state|COMMENT ON|SAVEPOINT|RELEASE"
)
CREATED = re.compile(r"CREATE TABLE (\w+)")
PLAIN_INDEX = re.compile(r"CREATE INDEX (ix_\w+) ON \w+")
DROPPED_INDEX = re.compile(r"DROP INDEX (ix_\w+)$")
UNIQUE_INDEX = re.compile(r"CREATE UNIQUE INDEX \w+ ON (\w+)")
ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+) (.*)", re.DOTALL)
FILLED = re.compile(r"UPDATE (\w+) SET (.*?)(?: FROM | WHERE |$)", re.DOTALL)
ANY_TABLE = re.compile(r"(?:ALTER TABLE|DROP TABLE|DELETE FROM| ON) (\w+)")


@pytest.fixture
def statements(empty_app: Flask) -> Iterator[dict[str, list[str]]]:
    """What each step sends to an empty database, by its number; and nothing is looked at twice."""
    sent: dict[str, list[str]] = {}
    current: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if taken := VERSION.match(statement):
            sent[taken[1]] = list(current)
            current.clear()
        elif "alembic_version" not in statement:
            current.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", executed)
    yield sent
    event.remove(db.engine, "before_cursor_execute", executed)


def not_only_adding(sent: list[str]) -> list[str]:
    """Those of the statements that code from before the step could notice."""
    made = {created[1] for statement in sent if (created := CREATED.match(statement))}
    added = {(column[1], column[2]) for statement in sent if (column := ADDED.match(statement))}
    rebuilt = {index[1] for statement in sent if (index := PLAIN_INDEX.match(statement))}
    return [
        statement
        for statement in sent
        if not _only_adds(statement, made, added) and not _is_dropped_to_be_rebuilt(statement, rebuilt)
    ]


def _is_dropped_to_be_rebuilt(statement: str, rebuilt: set[str]) -> bool:
    """An index on other columns under the same name. It held nobody to anything: unique ones have another beginning."""
    dropped = DROPPED_INDEX.match(statement)
    return dropped is not None and dropped[1] in rebuilt


def _only_adds(statement: str, made: set[str], added: set[tuple[str, str]]) -> bool:
    if column := ADDED.match(statement):
        # An INSERT of older code does not name the column.
        return "NOT NULL" not in column[3] or "DEFAULT" in column[3] or column[1] in made
    if filled := FILLED.match(statement):
        columns = {(filled[1], name) for name in re.findall(r"(\w+) ?= ?", filled[2])}
        return filled[1] in made | {"schema_state"} or columns <= added
    if unique := UNIQUE_INDEX.match(statement):
        return unique[1] in made
    if HARMLESS.match(statement):
        return True
    table = ANY_TABLE.search(statement)
    return table is not None and table[1] in made


def test_every_migration_says_what_it_means_to_running_servers() -> None:
    said = {revision: getattr(module, "running_servers", None) for revision, module in STEPS.items()}

    assert {revision: word for revision, word in said.items() if word not in {"compatible", "stops"}} == {}


def test_a_compatible_migration_only_adds(statements: dict[str, list[str]]) -> None:
    upgrade()

    assert sorted(statements) == sorted(STEPS)
    noticed = {revision: not_only_adding(sent) for revision, sent in statements.items()}
    compatible = {revision for revision, module in STEPS.items() if module.running_servers == "compatible"}
    assert {revision: found for revision, found in noticed.items() if found and revision in compatible} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE items ADD COLUMN mood VARCHAR(20) NOT NULL",
        "ALTER TABLE items DROP COLUMN title",
        "ALTER TABLE items ALTER COLUMN title TYPE TEXT",
        "ALTER TABLE items RENAME TO things",
        "CREATE UNIQUE INDEX uq_items_title ON items (title)",
        "CREATE TRIGGER t BEFORE UPDATE ON items BEGIN SELECT 1; END",
        "DROP INDEX ix_items_title",
        "DROP TABLE items",
        "DELETE FROM items",
        "UPDATE items SET title = 'x'",
    ],
)
def test_what_older_code_could_notice_is_found(statement: str) -> None:
    assert not_only_adding([statement]) == [statement]


def test_what_concerns_only_new_tables_and_columns_is_let_pass() -> None:
    sent = [
        "CREATE TABLE moods (id INTEGER)",
        "CREATE UNIQUE INDEX uq_moods ON moods (id)",
        "CREATE TRIGGER t BEFORE UPDATE ON moods BEGIN SELECT 1; END",
        "ALTER TABLE items ADD COLUMN mood VARCHAR(20)",
        "UPDATE items SET mood = (SELECT 1) WHERE mood IS NULL",
        "ALTER TABLE items ADD COLUMN tone VARCHAR(20) DEFAULT 'x' NOT NULL",
    ]
    assert not_only_adding(sent) == []


def test_the_newest_step_that_stops_is_kept_for_code_that_does_not_have_its_file(empty_app: Flask) -> None:
    upgrade()

    stopping = max(
        (revision for revision, module in STEPS.items() if module.running_servers == "stops"), default="0001"
    )
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT oldest, closed_for FROM schema_state")).all() == [(stopping, None)]
