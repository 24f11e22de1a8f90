"""How many requests in a minute a consumer may send, where it is not what its kind has."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add the column; null means what the settings give to the kind."""
    op.add_column("consumers", sa.Column("requests_per_minute", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("consumers") as table:
        table.drop_column("requests_per_minute")
