"""How the worker's tasks, the worker itself and backups have gone lately. Additive: older code does not look at it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "task_runs",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_task_runs")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("task_runs")
