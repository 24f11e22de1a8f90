"""The newest moment that the installation is known to have lived through."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add the column. The next write fills it; until then nothing is known, and every clock is believed."""
    op.add_column("change_head", sa.Column("seen_at", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("change_head", "seen_at")
