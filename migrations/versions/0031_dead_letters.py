"""What queues have put aside because it failed."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "dead_letters",
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("queue", "key", name=op.f("pk_dead_letters")),
    )
    op.create_index(op.f("ix_dead_letters_queue_retry_at"), "dead_letters", ["queue", "retry_at"])


def downgrade() -> None:
    """Drop it: everything is tried again at once."""
    op.drop_table("dead_letters")
