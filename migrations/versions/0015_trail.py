"""The log refuses changes; checkpoints; indexes for those who read the log."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
running_servers = "stops"

GUARDED = ("changes", "checkpoints")
# A later step that rebuilds one of these tables on SQLite (batch mode) must make its triggers again.
SQLITE = (
    (
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    ),
    (
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    ),
)
# REPLACE takes rows away without firing triggers for DELETE, so it must not come to that.
SQLITE_INSERT = (
    (
        "CREATE TRIGGER changes_in_order BEFORE INSERT ON changes "
        "WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM changes) "
        "BEGIN SELECT RAISE(ABORT, 'changes takes only the next number'); END"
    ),
    (
        "CREATE TRIGGER checkpoints_no_replace BEFORE INSERT ON checkpoints "
        "WHEN EXISTS (SELECT 1 FROM checkpoints WHERE sequence = NEW.sequence AND key_id = NEW.key_id) "
        "BEGIN SELECT RAISE(ABORT, 'checkpoints is append-only'); END"
    ),
)
POSTGRESQL = (
    (
        "CREATE FUNCTION simpul_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    ),
    (
        "CREATE FUNCTION simpul_next_number() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.sequence IS DISTINCT FROM (SELECT coalesce(max(sequence), 0) + 1 FROM changes) THEN "
        "RAISE EXCEPTION 'changes takes only the next number' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    ),
    "CREATE TRIGGER changes_in_order BEFORE INSERT ON changes FOR EACH ROW EXECUTE FUNCTION simpul_next_number()",
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION simpul_append_only()"
        for table in GUARDED
    ),
)
POSTGRESQL_DOWN = (
    "DROP TRIGGER changes_in_order ON changes",
    *(f"DROP TRIGGER {table}_append_only ON {table}" for table in GUARDED),
    "DROP FUNCTION simpul_next_number()",
    "DROP FUNCTION simpul_append_only()",
)


def upgrade() -> None:
    """Create the table, the indexes and the triggers."""
    op.create_table(
        "checkpoints",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.String(length=44), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("sequence", "key_id", name=op.f("pk_checkpoints")),
    )
    op.drop_index("ix_changes_resource_type_resource_id", table_name="changes")
    op.create_index("ix_changes_resource_id", "changes", ["resource_id"])
    op.create_index("ix_changes_actor_id", "changes", ["actor_id", "sequence"])
    op.create_index("ix_changes_agency", "changes", ["agency", "sequence"])
    op.create_index("ix_changes_request_id", "changes", ["request_id"])
    op.create_index("ix_changes_recorded_at", "changes", ["recorded_at"], postgresql_using="brin")
    for statement in _triggers():
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL_DOWN:
            op.execute(statement)
    else:
        for statement in _triggers():
            op.execute(f"DROP TRIGGER {statement.split()[2]}")
    for name in ("recorded_at", "request_id", "agency", "actor_id", "resource_id"):
        op.drop_index(f"ix_changes_{name}", table_name="changes")
    op.create_index("ix_changes_resource_type_resource_id", "changes", ["resource_type", "resource_id"])
    op.drop_table("checkpoints")


def _triggers() -> list[str]:
    """The statements that make the triggers of this database."""
    if op.get_bind().dialect.name == "postgresql":
        return list(POSTGRESQL)
    return [statement.format(table=table) for table in GUARDED for statement in SQLITE] + list(SQLITE_INSERT)
