"""Keys that took the place of others for signing checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "checkpoint_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.String(length=44), nullable=False),
        sa.Column("old_key_id", sa.String(length=16), nullable=False),
        sa.Column("old_public_key", sa.String(length=44), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_signature", sa.String(length=128), nullable=False),
        sa.Column("new_signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_checkpoint_keys")),
    )


def downgrade() -> None:
    """Drop it. Checkpoints of earlier keys count with --public-key only."""
    op.drop_table("checkpoint_keys")
