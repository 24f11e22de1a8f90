"""Checkpoints say in which epoch they were signed."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
running_servers = "stops"


def upgrade() -> None:
    """Add the column."""
    op.add_column("checkpoints", sa.Column("epoch", sa.String(length=16), server_default="-", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("checkpoints", "epoch")
