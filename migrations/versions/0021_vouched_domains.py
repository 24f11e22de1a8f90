"""Who allowed the domains that an edition links to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the column."""
    op.add_column("items", sa.Column("vouched_by", JSON_CONTENT, server_default="[]", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("items", "vouched_by")
