"""The database itself refuses to change or take away what stands in the log and in the checkpoints."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cms.changes.actions import Action
from cms.changes.log import broken_at, record
from cms.changes.services import make_checkpoint
from cms.changes.signing import make_signing_key
from cms.core.db import db, unit_of_work
from cms.core.permissions import system_actor
from cms.core.runtime import runtime

COLUMNS = (
    "sequence, recorded_at, action, resource_type, resource_id, edition, agency, actor_id, actor_label, request_id, "
    "is_public, fields, hash"
)
COPIED = COLUMNS.removeprefix("sequence, ")
BOTH = (
    "UPDATE changes SET actor_label = 'somebody else' WHERE sequence = 2",
    "UPDATE changes SET sequence = 7 WHERE sequence = 3",
    "DELETE FROM changes WHERE sequence = 3",
    "DELETE FROM changes",
    f"INSERT INTO changes ({COLUMNS}) SELECT 9, {COPIED} FROM changes WHERE sequence = 1",
    f"INSERT INTO changes ({COLUMNS}) SELECT 0, {COPIED} FROM changes WHERE sequence = 1",
    "UPDATE checkpoints SET hash = 'f'",
    "DELETE FROM checkpoints",
)
SQLITE = (
    f"INSERT OR REPLACE INTO changes ({COLUMNS}) SELECT 1, {COPIED} FROM changes WHERE sequence = 2",
    "UPDATE OR REPLACE changes SET sequence = 1 WHERE sequence = 2",
    (
        f"INSERT INTO changes ({COLUMNS}) SELECT 1, {COPIED} FROM changes WHERE sequence = 2 "
        "ON CONFLICT (sequence) DO UPDATE SET actor_label = excluded.actor_label"
    ),
    f"INSERT INTO changes ({COLUMNS}) SELECT 3.5, {COPIED} FROM changes WHERE sequence = 2",
    (
        "REPLACE INTO checkpoints (sequence, key_id, hash, count, signed_at, public_key, signature, epoch)"
        " SELECT sequence, key_id, 'f', count, signed_at, public_key, signature, epoch FROM checkpoints"
    ),
)
POSTGRESQL = (
    "TRUNCATE changes",
    "TRUNCATE checkpoints",
    (
        f"INSERT INTO changes ({COLUMNS}) SELECT 1, {COPIED} FROM changes WHERE sequence = 2 "
        "ON CONFLICT (sequence) DO UPDATE SET actor_label = excluded.actor_label"
    ),
)
ONLY_SQLITE = pytest.mark.only_on("sqlite", reason="this statement is SQLite's")
ONLY_POSTGRESQL = pytest.mark.only_on("postgresql", reason="this statement is PostgreSQL's")


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    "statement",
    [
        *BOTH,
        *(pytest.param(statement, marks=ONLY_SQLITE) for statement in SQLITE),
        *(pytest.param(statement, marks=ONLY_POSTGRESQL) for statement in POSTGRESQL),
    ],
)
def test_the_database_refuses(statement: str) -> None:
    with unit_of_work() as unit:
        for slug in ("dpu", "dishub", "kota"):
            record(unit, Action.AGENCY_CREATED, slug, system_actor("test"))
    make_signing_key(runtime().settings)
    made = make_checkpoint()

    with (
        db.engine.connect().execution_options(writes=True) as connection,
        pytest.raises(DBAPIError, match=r"append-only|takes only the next number"),
    ):
        connection.execute(text(statement))

    assert broken_at() is None
    assert made.sequence == 3
