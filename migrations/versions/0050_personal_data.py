"""Findings of personal data in editions, and who confirmed them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the columns; null means that nobody has looked through the edition."""
    op.add_column("editions", sa.Column("personal_data", JSON_CONTENT, nullable=True))
    op.add_column("items", sa.Column("confirmations", JSON_CONTENT, server_default="[]", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("items", "confirmations")
    op.drop_column("editions", "personal_data")
