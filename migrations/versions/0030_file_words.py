"""What moderation looks at of the content of tables and text files."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add the columns. Files of before count as read: nothing is released."""
    op.add_column("document_files", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("document_files", sa.Column("is_read_whole", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("document_files", "is_read_whole")
    op.drop_column("document_files", "words")
