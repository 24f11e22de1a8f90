"""What a publication was found by, and its files, stay with it after it is superseded: its digest covers them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
running_servers = "stops"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("publications", sa.Column("terms_json", sa.Text(), server_default="[]", nullable=False))
    op.add_column("publications", sa.Column("files_json", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("publications", "files_json")
    op.drop_column("publications", "terms_json")
