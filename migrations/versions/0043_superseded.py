"""Publications by the line that ended them."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
running_servers = "compatible"

ENDED = sa.text("superseded_sequence IS NOT NULL")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_publications_superseded",
        "publications",
        ["type", "superseded_sequence"],
        unique=False,
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_publications_superseded", table_name="publications", sqlite_where=ENDED, postgresql_where=ENDED)
