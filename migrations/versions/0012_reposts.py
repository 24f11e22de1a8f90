"""Reposts between agencies."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who carries what; a term of a channel says whether it carries the item."""
    op.create_table(
        "reposts",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("reposted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["published_items.id"], name=op.f("fk_reposts_item_id_published_items")),
        sa.PrimaryKeyConstraint("item_id", "agency", name=op.f("pk_reposts")),
    )
    op.add_column("publication_terms", sa.Column("repost", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it; the channels that only carried something go with it."""
    op.execute("DELETE FROM publication_terms WHERE repost IS NOT NULL")
    op.drop_column("publication_terms", "repost")
    op.drop_table("reposts")
