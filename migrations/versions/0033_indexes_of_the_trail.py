"""Each filter of the trail has an index that ends with the number of the line."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
running_servers = "compatible"

GROWN = ("resource_id", "request_id")


def upgrade() -> None:
    """Add the number to two indexes, and the index of actions; PostgreSQL finds times by a tree."""
    for column in GROWN:
        op.drop_index(f"ix_changes_{column}", table_name="changes")
        op.create_index(f"ix_changes_{column}", "changes", [column, "sequence"])
    op.create_index("ix_changes_action", "changes", ["action", "sequence"])
    op.drop_index("ix_changes_recorded_at", table_name="changes")
    op.create_index("ix_changes_recorded_at", "changes", ["recorded_at"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_changes_recorded_at", table_name="changes")
    op.create_index("ix_changes_recorded_at", "changes", ["recorded_at"], postgresql_using="brin")
    op.drop_index("ix_changes_action", table_name="changes")
    for column in GROWN:
        op.drop_index(f"ix_changes_{column}", table_name="changes")
        op.create_index(f"ix_changes_{column}", "changes", [column])
