"""What all nodes of an installation have in common."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table; `init` fills it."""
    op.create_table(
        "shared_settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shared_settings")),
    )


def downgrade() -> None:
    """Drop it; nodes are not compared any more."""
    op.drop_table("shared_settings")
