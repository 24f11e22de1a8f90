"""The ring of keys that sign tokens, preview links and cursors."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table. The key that signs so far is the first of the ring and needs no row."""
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_older", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )


def downgrade() -> None:
    """Drop it. What later keys have signed ends; nobody is signed out."""
    op.drop_table("signing_keys")
