"""What a plan says when it begins and when it ends stands beside the item."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
# Older code looks for these words elsewhere.
running_servers = "stops"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("items", sa.Column("planned_note", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("planned_explanation", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them; readers are still told what stands in the planned publications."""
    op.drop_column("items", "planned_explanation")
    op.drop_column("items", "planned_note")
