"""Whether table programs would carry out cells of a file."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add the column. Files that are there already were not looked at: they count as harmless."""
    op.add_column("document_files", sa.Column("has_formulas", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("document_files", "has_formulas")
