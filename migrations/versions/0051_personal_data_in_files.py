"""Findings of personal data in the texts of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
WAITS = sa.text("personal_data IS NULL AND state IN ('read', 'scan', 'ocr')")


def upgrade() -> None:
    """Add the column; texts that are there already wait to be looked through."""
    op.add_column("file_texts", sa.Column("personal_data", JSON_CONTENT, nullable=True))
    op.create_index(
        "ix_file_texts_not_looked_through", "file_texts", ["received_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index(
        "ix_file_texts_not_looked_through", table_name="file_texts", sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.drop_column("file_texts", "personal_data")
