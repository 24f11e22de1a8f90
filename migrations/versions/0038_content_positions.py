"""How far the log has come for each owner and each channel, which lists depend on."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
running_servers = "stops"


def upgrade() -> None:
    """Create the table. Servers of the code before it would publish without moving a channel."""
    op.create_table(
        "content_positions",
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("scheme", sa.String(length=7), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("type", "scheme", "agency", name=op.f("pk_content_positions")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("content_positions")
