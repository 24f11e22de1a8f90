"""Which code may work with the database: the newest step that stops older code, and the step that is being taken."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table with its one row; migrations/env.py fills it in after this step and each later one."""
    op.create_table(
        "schema_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("oldest", sa.String(length=32), nullable=False),
        sa.Column("closed_for", sa.String(length=32), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_schema_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schema_state")),
    )
    op.bulk_insert(sa.table("schema_state", sa.column("id"), sa.column("oldest")), [{"id": 1, "oldest": "0001"}])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("schema_state")
