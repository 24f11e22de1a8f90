"""The roles with which a kept answer was made."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add the column. Answers that are kept already are not given again."""
    op.add_column("kept_answers", sa.Column("rights", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Drop it. Answers are given again whatever has become of the roles."""
    op.drop_column("kept_answers", "rights")
